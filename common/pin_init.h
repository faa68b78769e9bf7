/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_init.h - processes that belong to a name: the init started for its pid
 * namespace, and its holder.
 */
#ifndef NSX_PIN_INIT_H
#define NSX_PIN_INIT_H

#include "base.h"
#include "pin_registry.h"

/* The process as a record has it: its pid, and the inode number of its pidfd. */
int pin_process_of(pid_t pid, struct pin_process *ret);

/*
 * Hold the init of a name's pid namespace, the one that was started for it.
 * -ESRCH: there is none (any more).
 */
int pin_init_hold(const struct pin *pin, int *ret_pidfd);

/* The same of its holder. */
int pin_holder_hold(const struct pin *pin, int *ret_pidfd);

/* The pids of both; 0 where it is another process by now, or none. */
struct pin_attendants {
	pid_t init, holder;
};

void pin_attendants_find(const struct pin *pin, struct pin_attendants *ret);

/* Kill what belongs to a name, and wait until it is gone. */
int pin_init_end(const struct pin *pin);
int pin_holder_end(const struct pin *pin);

/*
 * The pid 1 of an open pid namespace, whoever started it, in our numbers.
 * -ESRCH: it has ended, or is not in sight; -ENOTTY: the kernel does not tell
 * (before 6.11).
 */
int pin_init_of_namespace(int fd, pid_t *ret);

#endif /* NSX_PIN_INIT_H */
