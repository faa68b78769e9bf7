/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mounted.c - namespaces in mountinfo, and those that are in no mountinfo.
 */
#include "scan/mounted.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "diag.h"
#include "file.h"
#include "kernel.h"
#include "ns_id.h"

/* Ids of mounts that are asked for at once; and what statmount(2) may say of one. */
enum { PAGE = 512, ANSWER_SIZE = sizeof(struct nsx_statmount) + 4096 };

void mounted_release(struct mounted *mounted)
{
	free(mounted->text);
	free(mounted->entries);
	*mounted = (struct mounted){ 0 };
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

int mounted_read(int procfd, const char *process, struct mounted *ret)
{
	_cleanup_(mounted_release) struct mounted mounted = { 0 };
	_cleanup_free_ char *file = xasprintf("%s/mountinfo", process);
	char *rest, *line;
	int r;

	r = read_file(procfd, file, &mounted.text, NULL);
	if (r < 0)
		return r;
	mounted.n_mounts = count_lines(mounted.text);
	/* Most have none, and take no more work. */
	rest = strstr(mounted.text, " - nsfs ") ? mounted.text : NULL;
	mounted.entries = rest ? xcalloc(mounted.n_mounts, sizeof(*mounted.entries)) : NULL;
	while (rest && (line = strsep(&rest, "\n")) && rest)
		if (mount_entry_parse(line, &mounted.entries[mounted.count]) == 0)
			mounted.count++;
	*ret = mounted;
	mounted = (struct mounted){ 0 };
	return 0;
}

const struct mount_entry *mounted_find(const struct mount_entry *entries, size_t count, int id)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].id == id)
			return &entries[i];
	return NULL;
}

bool mounted_is_namespace(const struct mount_entry *entry, enum ns_type *ret_type, ino_t *ret_ino)
{
	return strcmp(entry->fstype, "nsfs") == 0 && ns_link_parse(entry->root, ret_type, ret_ino) == 0;
}

static int ask(uint64_t mount, uint64_t mask, struct nsx_statmount *answer)
{
	return kernel_statmount(mount, 0, mask, answer, ANSWER_SIZE);
}

static int find_root(uint64_t *ret)
{
	struct statx st;

	if (statx(AT_FDCWD, "/", AT_STATX_DONT_SYNC, NSX_STATX_MNT_ID_UNIQUE, &st) < 0)
		return -errno;
	if (!(st.stx_mask & NSX_STATX_MNT_ID_UNIQUE))
		return -EOPNOTSUPP;
	*ret = st.stx_mnt_id;
	return 0;
}

/* The mount that all others of our mount namespace are below, whatever our root directory is. */
static int find_first(struct nsx_statmount *answer, uint64_t *ret)
{
	uint64_t mount = 0;
	int r = find_root(&mount);

	if (r < 0)
		return r;
	while ((r = ask(mount, NSX_STATMOUNT_MNT_BASIC, answer)) >= 0 && answer->mnt_parent_id != mount)
		mount = answer->mnt_parent_id;
	if (r >= 0)
		*ret = mount;
	return r;
}

bool mounted_root_is_ours(void)
{
	_cleanup_free_ struct nsx_statmount *answer = xcalloc(1, ANSWER_SIZE);
	uint64_t mount = 0;

	return find_root(&mount) >= 0 && ask(mount, NSX_STATMOUNT_MNT_BASIC, answer) >= 0 &&
	       answer->mnt_parent_id != mount &&
	       ask(answer->mnt_parent_id, NSX_STATMOUNT_MNT_BASIC, answer) >= 0 &&
	       !(answer->mnt_propagation & MS_SHARED);
}

static bool is_seen(const struct mounted *seen, uint32_t id)
{
	for (size_t i = 0; i < seen->count; i++)
		if ((uint32_t)seen->entries[i].id == id)
			return true;
	return false;
}

/* The link of a namespace that is mounted, but not in sight; NULL for what is none. */
static const char *hidden_link(uint64_t mount, const struct mounted *seen, struct nsx_statmount *answer)
{
	uint64_t mask = NSX_STATMOUNT_SB_BASIC | NSX_STATMOUNT_MNT_BASIC | NSX_STATMOUNT_MNT_ROOT;
	const char *link;
	enum ns_type type;
	ino_t ino;

	if (ask(mount, mask, answer) < 0 || (answer->mask & mask) != mask || answer->sb_magic != NSFS_MAGIC ||
	    is_seen(seen, answer->mnt_id_old))
		return NULL;
	link = answer->str + answer->mnt_root;
	return ns_link_parse(link, &type, &ino) == 0 && strlen(link) < NS_LINK_SIZE ? link : NULL;
}

/* Links, one after the other, NS_LINK_SIZE bytes each. */
static void add_link(struct mounted *hidden, const char *link)
{
	hidden->text = xreallocarray(hidden->text, hidden->count + 1, NS_LINK_SIZE);
	snprintf(hidden->text + hidden->count * NS_LINK_SIZE, NS_LINK_SIZE, "%s", link);
	hidden->count++;
}

static void read_links(const struct mounted *seen, struct mounted *hidden)
{
	_cleanup_free_ struct nsx_statmount *answer = xcalloc(1, ANSWER_SIZE);
	uint64_t first = 0, after = 0, ids[PAGE];
	ssize_t n;

	if (find_first(answer, &first) < 0)
		return;
	do {
		n = kernel_listmount(first, after, ids, PAGE);
		for (ssize_t i = 0; i < n; i++) {
			const char *link = hidden_link(ids[i], seen, answer);

			after = ids[i];
			if (link)
				add_link(hidden, link);
		}
	} while (n == PAGE);
}

void mounted_read_hidden(int fd, const struct mounted *seen, struct mounted *ret)
{
	uint32_t n_mounts;

	*ret = (struct mounted){ 0 };
	if (kernel_count_mounts(fd, &n_mounts) < 0 || n_mounts <= seen->n_mounts)
		return;
	read_links(seen, ret);
	ret->entries = xcalloc(ret->count + 1, sizeof(*ret->entries));
	for (size_t i = 0; i < ret->count; i++)
		ret->entries[i] = (struct mount_entry){
			.root = ret->text + i * NS_LINK_SIZE,
			.path = "",
			.fstype = "nsfs",
		};
}
