/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - namespaces as they come and go, a line each, until a signal or the
 * end of the reader ends it.
 */
#ifndef NSX_LS_WATCH_H
#define NSX_LS_WATCH_H

#include "base.h"
#include "ls/request.h"

/*
 * Watch what the request asks for. Returns when it is ended by SIGINT, SIGTERM
 * or SIGHUP, or nobody reads any more.
 */
void watch(const struct request *request);

#endif /* NSX_LS_WATCH_H */
