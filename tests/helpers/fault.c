/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - run a command and have one system call of it fail, or kill the
 * process that is about to make it.
 *
 *   fault list LOG COMMAND...
 *   fault fail|kill PROCESS NTH LOG COMMAND...
 *
 * Processes count from 0, the command itself, as they are forked; the calls of
 * each from 1, without those of the table below that cannot fail, or by which
 * a process only begins. "list" writes a line "PROCESS NTH CALL" for each, the
 * other two that of the one they met. Where strace(1) counts the calls of all
 * processes alike, and of each name, a fault early in the first hides those of
 * the others; this reaches every one.
 *
 * Ends as the command does, when that and what it forked has ended, but for
 * what stays to keep namespaces, which it lets go. 99: it could not do its
 * work, or all was not over after twenty seconds.
 */
#include <elf.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#include "base.h"

enum { STATUS_BROKEN = 99, MOST = 64, PATIENCE_S = 20 };

enum kind { LIST, FAIL, KILL };

/* What a call may fail with; 0: it does not, or that would be no news. Others: ENOMEM. */
static const struct call {
	long number;
	const char *name;
	int error;
} calls[] = {
#define CALL(name, error)                                                                                    \
	{                                                                                                    \
		SYS_##name, #name, error                                                                     \
	}
	CALL(brk, 0),
	CALL(capget, 0),
	CALL(close, 0),
	CALL(execve, 0),
	CALL(exit, 0),
	CALL(exit_group, 0),
	CALL(futex, 0),
	CALL(getegid, 0),
	CALL(geteuid, 0),
	CALL(getgid, 0),
	CALL(getpid, 0),
	CALL(getrandom, 0),
	CALL(getuid, 0),
	CALL(mmap, 0),
	CALL(mprotect, 0),
	CALL(munmap, 0),
	CALL(pread64, 0),
	CALL(prctl, 0), /* by its name a keeper is known, below */
	CALL(prlimit64, 0),
	CALL(rseq, 0),
	CALL(rt_sigaction, 0),
	CALL(rt_sigprocmask, 0),
	CALL(rt_sigreturn, 0),
	CALL(rt_sigtimedwait, 0),
	CALL(set_robust_list, 0),
	CALL(set_tid_address, 0),
#ifdef SYS_arch_prctl
	CALL(access, 0), /* of the loader; we use faccessat */
	CALL(arch_prctl, 0),
	CALL(mkdir, ENOSPC),
	CALL(poll, EINTR),
#endif
	CALL(clone, EAGAIN),
	CALL(fchmod, EPERM),
	CALL(fstatfs, EIO),
	CALL(getdents64, EIO),
	CALL(ioctl, EIO),
	CALL(mkdirat, ENOSPC),
	CALL(mount, EPERM),
	CALL(move_mount, EPERM),
	CALL(newfstatat, EIO),
	CALL(open_tree, EPERM),
	CALL(openat, EMFILE),
	CALL(pidfd_open, EMFILE),
	CALL(read, EIO),
	CALL(readlinkat, EIO),
	CALL(renameat, ENOSPC),
	CALL(renameat2, ENOSPC),
	CALL(setns, EPERM),
	CALL(statx, EIO),
	CALL(umount2, EPERM),
	CALL(unlinkat, EIO),
	CALL(unshare, ENOSPC),
	CALL(utimensat, EPERM),
	CALL(write, ENOSPC),
};

struct tracee {
	pid_t pid;
	unsigned int calls;
	int error; /* of the call that it is in, where that is to fail */
	bool is_let_go;
};

static struct tracee tracees[MOST];
static unsigned int n_tracees, n_gone;
static enum kind kind;
static unsigned int wanted_process, wanted_nth;
static FILE *log_file;

static _noreturn_ void give_up(const char *what)
{
	perror(what);
	exit(STATUS_BROKEN);
}

static const struct call *find_call(long number)
{
	static struct call other = { .error = ENOMEM };
	static char name[32];

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	snprintf(name, sizeof(name), "call %ld", number);
	other.name = name;
	return &other;
}

/* --- Registers: the only part that knows the machine */

#if defined(__x86_64__)
static bool set_registers(pid_t pid, bool is_entry, int error)
{
	size_t offset = is_entry ? offsetof(struct user_regs_struct, orig_rax)
				 : offsetof(struct user_regs_struct, rax);

	return ptrace(PTRACE_POKEUSER, pid, offset, is_entry ? -1L : -(long)error) == 0;
}
#elif defined(__aarch64__)
static bool set_registers(pid_t pid, bool is_entry, int error)
{
	struct user_regs_struct registers;
	int none = -1;
	struct iovec all = { &registers, sizeof(registers) }, call = { &none, sizeof(none) };

	if (is_entry)
		return ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &call) == 0;
	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) < 0)
		return false;
	registers.regs[0] = (unsigned long long)-(long)error;
	return ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all) == 0;
}
#else
static bool set_registers(_unused_ pid_t pid, _unused_ bool is_entry, _unused_ int error)
{
	errno = ENOSYS;
	return false;
}
#endif

/* --- Processes */

static struct tracee *find_tracee(pid_t pid)
{
	for (unsigned int i = 0; i < n_tracees; i++)
		if (tracees[i].pid == pid)
			return &tracees[i];
	if (n_tracees == MOST)
		give_up("too many processes");
	tracees[n_tracees] = (struct tracee){ .pid = pid };
	return &tracees[n_tracees++];
}

/* Those that keep namespaces stay when all else is over. */
static bool is_keeper(pid_t pid)
{
	char path[32], name[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return strcmp(name, "nsx-hold\n") == 0 || strcmp(name, "nsx-init\n") == 0;
}

/* At the entry of a call. */
static void meet(struct tracee *tracee, long number)
{
	const struct call *call = find_call(number);
	unsigned int process = (unsigned int)(tracee - tracees);

	if (!call->error)
		return;
	tracee->calls++;
	if (kind != LIST && (process != wanted_process || tracee->calls != wanted_nth))
		return;
	fprintf(log_file, "%u %u %s\n", process, tracee->calls, call->name);
	if (kind == KILL && kill(tracee->pid, SIGKILL) < 0)
		give_up("kill");
	if (kind != FAIL)
		return;
	if (!set_registers(tracee->pid, true, 0))
		give_up("cannot change a system call on this machine");
	tracee->error = call->error;
}

static void at_call(struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		meet(tracee, (long)info.entry.nr);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracee->error) {
		set_registers(tracee->pid, false, tracee->error);
		tracee->error = 0;
	}
}

/* A stop of any kind: look at it, and have the process go on. */
static void go_on(struct tracee *tracee, int status)
{
	int signal = WSTOPSIG(status);
	bool is_event = status >> 16;

	if (tracee->is_let_go && ptrace(PTRACE_DETACH, tracee->pid, 0, 0) == 0) {
		tracee->pid = 0; /* the pid may come again */
		n_gone++;
		return;
	}
	if (signal == (SIGTRAP | 0x80))
		at_call(tracee);
	if (signal == (SIGTRAP | 0x80) || is_event)
		signal = 0;
	ptrace(PTRACE_SYSCALL, tracee->pid, 0, signal);
}

/* Have them stop, so that they can be let go; once more, should they have been about to. */
static void let_keepers_go(void)
{
	for (unsigned int i = 0; i < n_tracees; i++)
		if (tracees[i].pid > 0 && is_keeper(tracees[i].pid) &&
		    ptrace(PTRACE_INTERRUPT, tracees[i].pid, 0, 0) == 0)
			tracees[i].is_let_go = true;
}

/* The status of the first process, once all is over. */
static int trace(void)
{
	const struct timespec moment = { .tv_nsec = 500000 };
	time_t end = time(NULL) + PATIENCE_S;
	int result = -1;

	while (n_gone < n_tracees) {
		struct tracee *tracee;
		int status;
		pid_t pid = waitpid(-1, &status, __WALL | (result >= 0 ? WNOHANG : 0));

		if (pid < 0 && errno == ECHILD)
			break;
		if (time(NULL) > end)
			give_up("it is not over after twenty seconds");
		if (pid <= 0) {
			let_keepers_go();
			nanosleep(&moment, NULL);
			continue;
		}
		tracee = find_tracee(pid);
		if (WIFSTOPPED(status)) {
			go_on(tracee, status);
			continue;
		}
		if (tracee == &tracees[0])
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		tracee->pid = 0;
		n_gone++;
	}
	return result;
}

static void start(char **command)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &(int){ 0 }, WUNTRACED) < 0)
		give_up("fork");
	if (ptrace(PTRACE_SEIZE, pid, 0, options) < 0)
		give_up("ptrace");
	find_tracee(pid);
	kill(pid, SIGCONT);
}

int main(int argc, char **argv)
{
	int used = 2;

	kind = argc > 3 && strcmp(argv[1], "list") == 0	  ? LIST
	       : argc > 5 && strcmp(argv[1], "fail") == 0 ? FAIL
	       : argc > 5 && strcmp(argv[1], "kill") == 0 ? KILL
							  : (enum kind) - 1;
	if (kind > KILL) {
		fputs("Usage: fault list LOG COMMAND..., fault fail|kill PROCESS NTH LOG COMMAND...\n",
		      stderr);
		return STATUS_BROKEN;
	}
	if (kind != LIST) {
		wanted_process = (unsigned int)atoi(argv[2]);
		wanted_nth = (unsigned int)atoi(argv[3]);
		used = 4;
	}
	log_file = fopen(argv[used], "we");
	if (!log_file)
		give_up(argv[used]);
	start(argv + used + 1);
	return trace();
}
