/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_path.h - where a name keeps its namespaces. Pure: rules and paths only;
 * pin.h does things with them.
 *
 * A name holds at most one namespace of each type. The net one lives where
 * iproute2 keeps its own, so that each sees the other's:
 *   net      /run/netns/NAME
 *   others   /run/nsx/NAME/TYPE
 */
#ifndef NSX_PIN_PATH_H
#define NSX_PIN_PATH_H

#include "base.h"
#include "ns_type.h"

#define PIN_NETNS_DIR "/run/netns"
#define PIN_NSX_DIR   "/run/nsx"

/*
 * What may be a name: 1 to 255 bytes, no slash, no control byte, not "." or
 * "..", and no '-' in front. Returns NULL, or the rule that `name` breaks, in
 * words to put behind "invalid name '...': ".
 */
const char *pin_name_problem(const char *name);

/* The directory of a name's files of all types but net, for the caller to free. */
char *pin_dir_path(const char *name);

/* The file of one type of a name, for the caller to free. */
char *pin_file_path(const char *name, enum ns_type type);

/* The name whose file of that type a path is, for the caller to free; NULL where it is none. */
char *pin_path_name(const char *path, enum ns_type type);

#endif /* NSX_PIN_PATH_H */
