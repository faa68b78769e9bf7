/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_path.h - what may be a name, and where names are. Pure; pin_registry.h
 * and pin.h do things with it.
 *
 * A registry is a directory with one directory a name:
 *   NAME/record      what is known of the name (pin_record.h); it makes the name
 *   NAME/unfinished  the same of a name that is being made, or taken away
 *   NAME/TYPE        a namespace file, of those that are bound
 *
 * That of the system is /run/nsx. It has its net namespaces where iproute2
 * keeps its own, so that each sees the other's: /run/netns/NAME. Ordinary
 * users have a registry each, in their runtime directory.
 */
#ifndef NSX_PIN_PATH_H
#define NSX_PIN_PATH_H

#include "base.h"
#include "ns_type.h"

#define PIN_RUN_DIR   "/run"
#define PIN_NETNS_DIR "/run/netns"
#define PIN_NSX_DIR   "/run/nsx"
#define PIN_OWN_DIR   "nsx" /* in a user's runtime directory */

#define PIN_RECORD     "record"
#define PIN_RECORD_NEW "record.new" /* until it is complete */
#define PIN_UNFINISHED "unfinished"

/*
 * What may be a name: 1 to 255 bytes, no slash, no control byte, not "." or
 * "..", and no '-' in front. Returns NULL, or the rule that `name` breaks, in
 * words to put behind "invalid name '...': ".
 */
const char *pin_name_problem(const char *name);

/*
 * The name whose namespace file of that type a path is, in the registry of the
 * system, for the caller to free; NULL where it is none.
 */
char *pin_path_name(const char *path, enum ns_type type);

#endif /* NSX_PIN_PATH_H */
