/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mount_table.c - reading mountinfo, and carrying mounts over.
 */
#include "mount_table.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "file.h"
#include "kernel.h"
#include "text.h"

struct mount_copy {
	int tree;
	char *below; /* "/fs/cgroup": where it was, below the directory */
};

void mount_path_unescape(char *path)
{
	char *out = path;

	while (*path) {
		if (path[0] == '\\' && path[1] >= '0' && path[1] <= '3' && path[2] >= '0' && path[2] <= '7' &&
		    path[3] >= '0' && path[3] <= '7') {
			*out++ = (char)((path[1] - '0') * 64 + (path[2] - '0') * 8 + (path[3] - '0'));
			path += 4;
		} else {
			*out++ = *path++;
		}
	}
	*out = '\0';
}

/* The next word of a line, which goes on behind it; NULL at the end. */
static char *next_word(char **line)
{
	char *word;

	do {
		word = strsep(line, " \n");
	} while (word && !*word);
	return word;
}

/* Take a word like "shared:12", if it is that. */
static void take_group(const char *word, const char *key, unsigned int *ret)
{
	size_t length = strlen(key);
	uint32_t number;

	if (strncmp(word, key, length) == 0 && parse_u32(word + length, &number) == 0)
		*ret = number;
}

/* The next word without its escapes. */
static const char *next_path(char **line)
{
	char *word = next_word(line);

	if (word)
		mount_path_unescape(word);
	return word;
}

int mount_entry_parse(char *line, struct mount_entry *ret)
{
	struct mount_entry entry = { 0 };
	char *id = next_word(&line), *parent = next_word(&line);
	const char *word;
	char *source;

	entry.device = next_word(&line);
	entry.root = next_path(&line);
	entry.path = next_path(&line);
	if (!entry.path || parse_fd(id, &entry.id) < 0 || parse_fd(parent, &entry.parent) < 0)
		return -EINVAL;
	/* Options, and as many more words as the kernel likes, up to a lonely dash. */
	while ((word = next_word(&line)) && strcmp(word, "-") != 0) {
		take_group(word, "shared:", &entry.shared);
		take_group(word, "master:", &entry.master);
	}
	entry.fstype = next_path(&line);
	if (!word || !entry.fstype)
		return -EINVAL;
	source = strsep(&line, " "); /* which may be empty */
	if (source)
		mount_path_unescape(source);
	entry.source = source ? source : "";
	entry.options = line ? line : "";
	*ret = entry;
	return 0;
}

bool mount_path_is_within(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	/* The root is the only directory that ends in a slash. */
	if (length > 0 && directory[length - 1] == '/')
		length--;
	return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

int mount_table_visit(int procfd, int (*visit)(void *context, const struct mount_entry *mount), void *context)
{
	_cleanup_free_ char *text = NULL;
	struct mount_entry mount;
	char *rest, *line;
	int r;

	r = read_file(procfd, "self/mountinfo", &text, NULL);
	if (r < 0)
		return r;
	rest = text;
	while (r == 0 && (line = strsep(&rest, "\n")))
		if (mount_entry_parse(line, &mount) == 0)
			r = visit(context, &mount);
	return r;
}

struct groups_search {
	int id;
	struct mount_groups groups;
};

static int take_groups(void *context, const struct mount_entry *mount)
{
	struct groups_search *search = context;

	if (mount->id != search->id)
		return 0;
	search->groups = (struct mount_groups){ .is_shared = mount->shared, .is_slave = mount->master };
	return 1;
}

/* By statmount(2), which does not read all that is mounted. */
static int ask_for_groups(const char *path, struct mount_groups *ret)
{
	struct nsx_statmount answer;
	struct statx st;
	int r;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, NSX_STATX_MNT_ID_UNIQUE, &st) < 0)
		return -errno;
	if (!(st.stx_mask & NSX_STATX_MNT_ID_UNIQUE))
		return -EOPNOTSUPP;
	r = kernel_statmount(st.stx_mnt_id, 0, NSX_STATMOUNT_MNT_BASIC, &answer, sizeof(answer));
	if (r >= 0)
		*ret = (struct mount_groups){ .is_shared = answer.mnt_peer_group,
					      .is_slave = answer.mnt_master };
	return r;
}

int mount_groups_read(const char *path, struct mount_groups *ret)
{
	_cleanup_close_ int procfd = -EBADF;
	struct groups_search search = { 0 };
	struct statx st;
	int r;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &st) < 0)
		return -errno;
	if (!(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return 0;
	if (ask_for_groups(path, ret) >= 0)
		return 1;
	procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (procfd < 0)
		return -errno;
	search.id = (int)st.stx_mnt_id;
	r = mount_table_visit(procfd, take_groups, &search);
	if (r > 0)
		*ret = search.groups;
	return r == 0 ? -ENOENT : r;
}

void mount_copies_release(struct mount_copies *copies)
{
	for (size_t i = 0; i < copies->count; i++) {
		close_fd(copies->list[i].tree);
		free(copies->list[i].below);
	}
	free(copies->list);
	*copies = (struct mount_copies){ 0 };
}

struct taking {
	const char *directory;
	struct mount_copies *copies;
};

/* "/sys/fs/cgroup" below "/sys": "/fs/cgroup"; NULL where it is not below. */
static const char *path_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return strncmp(path, directory, length) == 0 && path[length] == '/' ? path + length : NULL;
}

static int take_mount(void *context, const struct mount_entry *mount)
{
	struct taking *taking = context;
	struct mount_copies *copies = taking->copies;
	const char *below = path_below(mount->path, taking->directory);
	struct mount_copy *larger;
	_cleanup_close_ int tree = -EBADF;

	if (!below)
		return 0;
	/* What is mounted on one that we have comes along with that. */
	for (size_t i = 0; i < copies->count; i++)
		if (strcmp(below, copies->list[i].below) == 0 || path_below(below, copies->list[i].below))
			return 0;
	tree = open_tree(AT_FDCWD, mount->path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	/* Not there where something else is mounted above it. */
	if (tree < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	larger = reallocarray(copies->list, copies->count + 1, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	copies->list = larger;
	larger[copies->count].below = strdup(below);
	if (!larger[copies->count].below)
		return -ENOMEM;
	larger[copies->count++].tree = take_fd(&tree);
	return 0;
}

int mount_copies_take(int procfd, const char *directory, struct mount_copies *copies)
{
	struct taking taking = { directory, copies };
	int r;

	r = mount_table_visit(procfd, take_mount, &taking);
	/* Without /proc nothing is known to be mounted there. */
	return r == -ENOENT || r == -EBADF ? 0 : r;
}

int mount_copies_put(const struct mount_copies *copies, int directory)
{
	for (size_t i = 0; i < copies->count; i++) {
		const char *below = copies->list[i].below + 1; /* without the slash */

		if (move_mount(copies->list[i].tree, "", directory, below, MOVE_MOUNT_F_EMPTY_PATH) < 0 &&
		    errno != ENOENT)
			return -errno;
	}
	return 0;
}
