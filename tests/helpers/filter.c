/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter.c - run a program in which unshare(2) fails, as the seccomp filters of
 * containers have it.
 *
 *   filter EPERM|ENOSYS PROGRAM [ARGUMENT...]
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base.h"
#include "diag.h"

static int error_named(const char *name)
{
	if (strcmp(name, "EPERM") == 0)
		return EPERM;
	if (strcmp(name, "ENOSYS") == 0)
		return ENOSYS;
	die(0, "unknown error '%s'", name);
}

static void refuse_unshare(unsigned int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	/* Or only root could install one. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0 ||
	    prctl(PR_SET_SECCOMP, (unsigned long)SECCOMP_MODE_FILTER, &program) < 0)
		die(-errno, "cannot install a seccomp filter");
}

int main(int argc, char **argv)
{
	diag_init("filter", EXIT_FAILURE);
	if (argc < 3)
		die(0, "give an error and a program");
	refuse_unshare((unsigned int)error_named(argv[1]));
	execvp(argv[2], argv + 2);
	die(-errno, "cannot run '%s'", argv[2]);
}
