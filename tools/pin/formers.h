/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * formers.h - namespaces that names kept which are gone: do they end, and who
 * holds those that do not? All are looked for at once, however many they are.
 */
#ifndef NSX_PIN_FORMERS_H
#define NSX_PIN_FORMERS_H

#include "base.h"
#include "pin_registry.h"

struct former;

struct formers {
	struct former *list;
	size_t count;
};

void formers_release(struct formers *formers);

/* Note what a name keeps, while it is still there. */
void formers_add(struct formers *formers, const struct pin *pin);

/* Forget the last ones: those from this number on. */
void formers_truncate(struct formers *formers, size_t count);

/*
 * Wait until all are gone, or it is clear that somebody holds on; then say, a
 * line each, which are left, and who holds them. Only those are in it then.
 */
void formers_wait_for_end(struct formers *formers);

#endif /* NSX_PIN_FORMERS_H */
