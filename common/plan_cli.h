/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli.h - groups of options that fill a plan. Each tool lists those that
 * it offers; the request they write to is a struct plan.
 */
#ifndef NSX_PLAN_CLI_H
#define NSX_PLAN_CLI_H

#include "base.h"
#include "cli.h"
#include "plan.h"

/* Numbers of options that exclude each other (cli.h); a tool's own begin at the last. */
enum { PLAN_EXCLUSIVE_MAP = 1, PLAN_EXCLUSIVE_FORK, PLAN_EXCLUSIVE_TARGET, PLAN_EXCLUSIVE_OTHER };

/*
 * Types to create, under that heading, with =FILE on the long options or
 * without. Call before using the group: the rows come from ns_types[].
 */
const struct cli_group *plan_cli_create_group(const char *heading, bool with_files);

/* Types to join: -m[REF], --mount[=REF]. */
const struct cli_group *plan_cli_join_group(void);

extern const struct cli_group plan_cli_choice_group;	     /* creating: -a, --join, --pin, clocks */
extern const struct cli_group plan_cli_pin_choice_group;     /* creating to keep: -a, clocks */
extern const struct cli_group plan_cli_target_group;	     /* entering: -t, -a, --for-children ... */
extern const struct cli_group plan_cli_id_map_group;	     /* -r, -c, --map-users ... */
extern const struct cli_group plan_cli_identity_group;	     /* after creating: -S, -G, --keep-caps ... */
extern const struct cli_group plan_cli_enter_identity_group; /* after entering: -S, -G ... */
extern const struct cli_group plan_cli_files_group;	     /* --mount-proc, --root, --hostname ... */
extern const struct cli_group plan_cli_pin_files_group;	     /* what of them stays in namespaces */
extern const struct cli_group plan_cli_world_group;	     /* entering: -r, -w, -e, --mount-proc ... */
extern const struct cli_group plan_cli_life_group;	     /* --fork, --kill-child, --init ... */
extern const struct cli_group plan_cli_enter_life_group;     /* after entering: the same, --pty */
extern const struct cli_group plan_cli_tell_group;	     /* --pid-file, --info-fd ... */
extern const struct cli_group plan_cli_enter_tell_group;     /* but for what is to be created */

/*
 * See whether the descriptors that options give are open, before anything of
 * ours could be in the place of one that is not. Ends the program where one of
 * those is closed that are used in any case.
 */
void plan_cli_claim(struct plan *plan);

/*
 * Gather, complete, and say what is wrong: ends the program through
 * die_usage() where the options do not go together.
 */
void plan_cli_complete(struct plan *plan);

#endif /* NSX_PLAN_CLI_H */
