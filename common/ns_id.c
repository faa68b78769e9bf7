/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_id.c - identity of namespaces, and how it is written.
 */
#include "ns_id.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

int ns_link_parse(const char *text, enum ns_type *ret_type, ino_t *ret_ino)
{
	const char *bracket = strstr(text, ":[");
	char word[NS_LINK_SIZE];
	enum ns_type type;
	uint64_t number;
	size_t length;
	int r;

	if (!bracket || (size_t)(bracket - text) >= sizeof(word))
		return -EINVAL;
	length = (size_t)(bracket - text);
	memcpy(word, text, length);
	word[length] = '\0';
	type = ns_type_from_name(word);
	if (type < 0)
		return type;

	bracket += 2;
	length = strlen(bracket);
	if (length < 2 || bracket[length - 1] != ']' || strspn(bracket, "0123456789") != length - 1)
		return -EINVAL;
	if (length > sizeof(word))
		return -ERANGE;
	memcpy(word, bracket, length - 1);
	word[length - 1] = '\0';
	r = parse_u64(word, &number);
	if (r < 0)
		return r;
	*ret_type = type;
	*ret_ino = (ino_t)number;
	return 0;
}

void ns_link_format(enum ns_type type, ino_t ino, char out[NS_LINK_SIZE])
{
	snprintf(out, NS_LINK_SIZE, "%s:[%llu]", ns_types[type].name, (unsigned long long)ino);
}

int ns_id_of_fd(int fd, struct ns_id *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = (struct ns_id){ .dev = st.st_dev, .ino = st.st_ino };
	return 0;
}

int ns_id_of_path(int dirfd, const char *path, struct ns_id *ret)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, 0) < 0)
		return -errno;
	/* Linux 5.10 refuses a link of /proc by one that leads no farther than its directory. */
	if (S_ISDIR(st.st_mode))
		return -EACCES;
	*ret = (struct ns_id){ .dev = st.st_dev, .ino = st.st_ino };
	return 0;
}
