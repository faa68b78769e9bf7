/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_pids.c - the numbers of processes in pid namespaces: all those of one,
 * or which one has that number in there.
 */
#include <string.h>

#include "diag.h"
#include "ls/report.h"
#include "ls/survey.h"
#include "ls/target.h"
#include "ns_query.h"
#include "proc.h"
#include "text.h"

enum { PID, LEVEL, NS, NSPID, COMMAND };

static const struct column pid_columns[] = {
	[PID] = { .name = "PID", .flags = COLUMN_RIGHT, .json = COLUMN_NUMBER, .help = "the process" },
	[LEVEL] = { .name = "LEVEL",
		    .flags = COLUMN_RIGHT,
		    .json = COLUMN_NUMBER,
		    .help = "how deep the pid namespace lies below that of /proc" },
	[NS] = { .name = "NS",
		 .flags = COLUMN_RIGHT,
		 .json = COLUMN_NUMBER,
		 .help = "inode number of the pid namespace" },
	[NSPID] = { .name = "NSPID",
		    .flags = COLUMN_RIGHT,
		    .json = COLUMN_NUMBER,
		    .help = "its number in there" },
	[COMMAND] = { .name = "COMMAND", .flags = COLUMN_TRUNCATED, .help = "its command line" },
};

/* One operand: a process; or a pid namespace, with a number in there. */
struct wanted {
	const char *word;
	char *place; /* "pin:blue" of "pin:blue:45", or NULL */
	struct ns_ref ref;
	pid_t number;
};

static void wanted_release(struct wanted *wanted)
{
	free(wanted->place);
}

/*
 * "1234:5678" is the process with that pidfd, as everywhere, and "unit:5" is a
 * unit, not the file ./unit.
 */
static bool may_be_place(const struct ns_ref *ref)
{
	if (ref->kind == NS_REF_PROCESS)
		return ref->pidfd_inode != 0;
	return ref->kind != NS_REF_PATH || strchr(ref->name, '/');
}

/* Read "REF:PID"; false where it is not that. */
static bool read_place(struct wanted *wanted)
{
	const char *colon = strrchr(wanted->word, ':');

	if (!colon || parse_pid(colon + 1, &wanted->number) < 0)
		return false;
	wanted->place = xasprintf("%.*s", (int)(colon - wanted->word), wanted->word);
	if (ns_ref_parse(wanted->place, &wanted->ref) == 0 && may_be_place(&wanted->ref))
		return true;
	free(take_ptr(wanted->place));
	return false;
}

static void read_wanted(const char *word, struct wanted *ret)
{
	int r;

	*ret = (struct wanted){ .word = word };
	if (read_place(ret))
		return;
	r = ns_ref_parse(word, &ret->ref);
	if (r == -ERANGE)
		die_usage("'%s' is out of range", word);
	if (r < 0 || !ns_ref_is_process(&ret->ref))
		die_usage("'%s' is neither a process nor REF:PID", word);
}

/* Has the process a number in a pid namespace? *ret is that. */
static bool has_number(int procfd, pid_t pid, struct ns_id namespace, pid_t *ret)
{
	_cleanup_close_ int dirfd = -EBADF;
	_cleanup_close_ int fd = -EBADF;
	pid_t numbers[PROC_LEVELS_MAX];
	int levels;

	if (proc_open_pid(procfd, pid, &dirfd) < 0 || ns_open(dirfd, ns_types[NS_PID].proc_file, &fd) < 0)
		return false;
	levels = proc_numbers_read(dirfd, numbers);
	for (int level = levels - 1; level >= 0; level--) {
		int parent = -EBADF;
		struct ns_id id;

		*ret = numbers[level];
		if (ns_id_of_fd(fd, &id) == 0 && ns_id_equal(id, namespace))
			return true;
		if (ns_query_parent(fd, &parent) < 0)
			return false;
		close_fd(fd);
		fd = parent;
	}
	return false;
}

/* For kernels that do not answer: have a look at every process. 0 where there is none. */
static pid_t look_for_number(struct ns_id namespace, pid_t wanted)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	_cleanup_close_ int procfd = -EBADF;
	pid_t pid, number = 0;
	int r;

	r = proc_open(&procfd);
	if (r == 0)
		r = proc_walk_init(&walk, procfd, ".");
	while (r >= 0 && (r = proc_walk_next(&walk, &pid)) > 0)
		if (has_number(procfd, pid, namespace, &number) && number == wanted)
			return pid;
	if (r < 0)
		die(r, "cannot look for processes");
	return 0;
}

/* Which process is it here? */
static pid_t find_number(const struct wanted *wanted, const struct target *namespace)
{
	pid_t thread, process = 0;
	int r = ns_query_pid_from(namespace->fd, wanted->number, &thread, &process);

	if (r == 0 && thread != process)
		die_status(EXIT_MISSING, 0, "'%s': number %d is a thread of process %d", wanted->word,
			   (int)wanted->number, (int)process);
	/* Either the kernel does not know the question, or it has no answer. */
	if (r == -ENOTTY)
		process = look_for_number(namespace->id, wanted->number);
	else if (r < 0 && r != -ESRCH)
		die(r, "cannot ask for '%s'", wanted->word);
	if (!process)
		die_status(EXIT_MISSING, 0, "'%s': there is no process with number %d in it", wanted->word,
			   (int)wanted->number);
	return process;
}

/* Hold the process that is meant. */
static void hold_wanted(const struct wanted *wanted, struct target *process)
{
	_cleanup_(target_release) struct target namespace = TARGET_NONE;
	struct ns_ref found = { .kind = NS_REF_PROCESS, .text = wanted->word };

	if (!wanted->place) {
		target_open_process(process, &wanted->ref);
		return;
	}
	target_hold_namespace(&namespace, &wanted->ref, ns_set_of(NS_PID));
	found.pid = find_number(wanted, &namespace);
	target_open_process(process, &found);
	/* Now that it is held: was it that one which was found? */
	if (find_number(wanted, &namespace) != found.pid)
		die_status(EXIT_MISSING, 0, "'%s': the process has ended", wanted->word);
}

/*
 * The namespaces of the levels, from the innermost up; 0 where they cannot be
 * known. -EACCES or another -errno where it is none of them.
 */
static int read_namespaces(int dirfd, int levels, ino_t ret[PROC_LEVELS_MAX])
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	memset(ret, 0, sizeof(*ret) * PROC_LEVELS_MAX);
	r = ns_open(dirfd, ns_types[NS_PID].proc_file, &fd);
	if (r < 0)
		return r;
	for (int level = levels - 1; level >= 0; level--) {
		int parent = -EBADF;
		struct ns_id id;

		r = ns_id_of_fd(fd, &id);
		if (r < 0)
			return r;
		ret[level] = id.ino;
		/* -EPERM: it is above our own. */
		r = level == 0 ? -EPERM : ns_query_parent(fd, &parent);
		if (r < 0)
			return r == -EPERM ? 0 : r;
		close_fd(fd);
		fd = parent;
	}
	return 0;
}

static void add_rows(const struct wanted *wanted, const struct target *process, struct findings *findings)
{
	int dirfd = process->process.dirfd;
	_cleanup_free_ char *command = NULL;
	pid_t numbers[PROC_LEVELS_MAX];
	ino_t inodes[PROC_LEVELS_MAX];
	int levels = proc_numbers_read(dirfd, numbers);

	if (levels == -ENOENT || levels == -ESRCH)
		die_status(EXIT_MISSING, 0, "'%s': the process has ended", wanted->word);
	if (levels < 0)
		die(levels, "cannot read the numbers of '%s'", wanted->word);
	findings->counts.processes++;
	if (read_namespaces(dirfd, levels, inodes) < 0)
		findings->counts.processes_refused++;
	proc_command_line(dirfd, &command);
	for (int level = 0; level < levels; level++) {
		char **row = sheet_add_row(&findings->sheet);

		row[PID] = cell_number((unsigned int)numbers[0]);
		row[LEVEL] = cell_number((unsigned int)level);
		row[NS] = inodes[level] ? cell_number(inodes[level]) : NULL;
		row[NSPID] = cell_number((unsigned int)numbers[level]);
		row[COMMAND] = cell_text(command);
	}
}

static void find(const struct request *request, struct findings *findings)
{
	survey_need_proc();
	for (size_t i = 0; i < request->n_words; i++) {
		_cleanup_(wanted_release) struct wanted wanted;
		_cleanup_(target_release) struct target process = TARGET_NONE;

		read_wanted(request->words[i], &wanted);
		hold_wanted(&wanted, &process);
		add_rows(&wanted, &process, findings);
	}
}

const struct report report_pids = {
	.name = "pids",
	.least_words = 1,
	.most_words = SIZE_MAX,
	.words = "one process or more",
	.columns = pid_columns,
	.n_columns = ARRAY_SIZE(pid_columns),
	.find = find,
};
