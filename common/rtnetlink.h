/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink.h - questions about network namespaces, rtnetlink(7). They are
 * about the one that the asking socket was created in, and so are the answers'
 * numbers.
 */
#ifndef NSX_RTNETLINK_H
#define NSX_RTNETLINK_H

#include "base.h"

#include <linux/rtnetlink.h>
#include <sys/types.h>

/* A socket for the functions below, O_CLOEXEC; the caller's to close. */
int rtnetlink_open(int *ret_fd);

/*
 * The number that our network namespace has for another one, open as `netns`;
 * ip-netns(8) calls it nsid. NETNSA_NSID_NOT_ASSIGNED (-1) where it has none.
 */
int rtnetlink_nsid(int fd, int netns, int32_t *ret);

/* Give it one; -1: any that is free. -EEXIST, -ENOSPC: it has one, or the number is taken. */
int rtnetlink_set_nsid(int fd, int netns, int32_t nsid);

/*
 * Call visit() with each message of a dump: of all RTM_NEWLINK for RTM_GETLINK,
 * and so on. Its first negative result ends it and is returned.
 */
int rtnetlink_dump(int fd, uint16_t type, int (*visit)(void *context, const struct nlmsghdr *message),
		   void *context);

/*
 * What the functions above do with a datagram of `size` bytes. Pure.
 * rtnetlink_visit(): 1: more is to come; 0: that was all; -errno, of the
 * kernel or of visit(). rtnetlink_nsid_parse(): -EBADMSG; -ENODATA: no answer.
 */
int rtnetlink_visit(const struct nlmsghdr *message, ssize_t size,
		    int (*visit)(void *context, const struct nlmsghdr *message), void *context);
int rtnetlink_nsid_parse(const struct nlmsghdr *answer, ssize_t size, int32_t *ret);

/*
 * An attribute of at least `least` bytes: among those in `size` bytes, or behind
 * a header of `header` bytes; its value there; and its text, cut off where `size`
 * does not hold it with a NUL byte, "?" where there is none. NULL: it is not there.
 */
const struct rtattr *rtnetlink_find(const void *attributes, int size, unsigned short type, size_t least);
const struct rtattr *rtnetlink_find_in(const struct nlmsghdr *message, size_t header, unsigned short type,
				       size_t least);
const void *rtnetlink_attribute(const struct nlmsghdr *message, size_t header, unsigned short type,
				size_t least);
void rtnetlink_text(const struct nlmsghdr *message, size_t header, unsigned short type, char *out,
		    size_t size);

#endif /* NSX_RTNETLINK_H */
