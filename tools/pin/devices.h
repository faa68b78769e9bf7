/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * devices.h - which network devices are physical, and would be lost with a
 * network namespace, or rather come back to the first.
 */
#ifndef NSX_PIN_DEVICES_H
#define NSX_PIN_DEVICES_H

#include "base.h"
#include "pin_registry.h"

/*
 * Those that no driver of virtual ones made, in the network namespace that the
 * socket (rtnetlink_open()) was opened in: their names, separated by blanks, for
 * the caller to free; "" where there is none.
 */
int devices_physical(int socket, char **ret);

/*
 * The same of the net namespace of a name: "" also where it keeps none, or where
 * we may not look, for what we cannot see there we could not lose. We go there
 * and come back, to `own_net`, our own; where that is -EBADF, or cannot be done,
 * a worker goes. Ends the program where there is no way back.
 */
int devices_in_pin(const struct pin *pin, int own_net, char **ret);

#endif /* NSX_PIN_DEVICES_H */
