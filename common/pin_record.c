/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_record.c - records of names, to text and back.
 */
#include "pin_record.h"

#include <string.h>

#include "diag.h"
#include "text.h"

static const char *const method_names[] = {
	[PIN_NOT_KEPT] = "none",
	[PIN_BIND] = "bind",
	[PIN_HOLD] = "hold",
};

const char *pin_method_name(enum pin_method method)
{
	return method_names[method];
}

ns_set pin_record_types_by(const struct pin_record *record, enum pin_method method)
{
	ns_set set = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (record->kept[type].method == method)
			set |= ns_set_of(type);
	return set;
}

ns_set pin_record_types(const struct pin_record *record)
{
	return NS_SET_ALL & ~pin_record_types_by(record, PIN_NOT_KEPT);
}

/* --- To text */

static void print_process(FILE *out, const char *key, struct pin_process process)
{
	if (!process.pid)
		return;
	fprintf(out, "%s=%d", key, (int)process.pid);
	if (process.inode)
		fprintf(out, ":%ju", (uintmax_t)process.inode);
	putc('\n', out);
}

static void print_kept(FILE *out, enum ns_type type, const struct pin_kept *kept)
{
	if (kept->method == PIN_NOT_KEPT)
		return;
	fprintf(out, "%s=%s:%ju", ns_types[type].name, method_names[kept->method], (uintmax_t)kept->inode);
	if (kept->method == PIN_HOLD)
		fprintf(out, ":%d", kept->fd);
	putc('\n', out);
}

char *pin_record_format(const struct pin_record *record)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die_oom();
	fprintf(out, "owner=%ju\nmode=%04o\nmade=%jd\n", (uintmax_t)record->owner, (unsigned int)record->mode,
		(intmax_t)record->made);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		print_kept(out, type, &record->kept[type]);
	print_process(out, "holder", record->holder);
	print_process(out, "init", record->init);
	if (fclose(out) != 0)
		die_oom();
	return text;
}

/* --- From text */

/* Cut `text` at the next colon; NULL where there is none. */
static char *cut(char *text)
{
	char *colon = strchr(text, ':');

	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

static int read_inode(const char *text, ino_t *ret)
{
	uint64_t number;
	int r;

	r = parse_u64(text, &number);
	if (r < 0)
		return r;
	*ret = (ino_t)number;
	return number ? 0 : -ERANGE;
}

/* "4711:5678" or "4711" */
static int read_process(char *value, struct pin_process *ret)
{
	char *inode = cut(value);
	int r;

	r = parse_pid(value, &ret->pid);
	return r < 0 || !inode ? r : read_inode(inode, &ret->inode);
}

/* "bind:4026532179", "hold:4026532180:12" */
static int read_kept(char *value, struct pin_kept *ret)
{
	char *inode = cut(value);
	char *fd = inode ? cut(inode) : NULL;
	int r;

	if (strcmp(value, method_names[PIN_BIND]) == 0)
		ret->method = PIN_BIND;
	else if (strcmp(value, method_names[PIN_HOLD]) == 0)
		ret->method = PIN_HOLD;
	else
		return -EINVAL;
	if (!inode || (ret->method == PIN_HOLD) != (fd != NULL))
		return -EINVAL;
	r = read_inode(inode, &ret->inode);
	return r < 0 || !fd ? r : parse_fd(fd, &ret->fd);
}

static int read_mode(const char *value, mode_t *ret)
{
	char *end;
	unsigned long mode;

	if (!*value || value[strspn(value, "01234567")])
		return -EINVAL;
	mode = strtoul(value, &end, 8);
	if (mode > 0777)
		return -ERANGE;
	*ret = (mode_t)mode;
	return 0;
}

static int read_number(const char *value, uint64_t most, uint64_t *ret)
{
	int r = parse_u64(value, ret);

	return r == 0 && *ret > most ? -ERANGE : r;
}

static int read_value(const char *key, char *value, struct pin_record *record)
{
	enum ns_type type = ns_type_from_name(key);
	uint64_t number;
	int r = 0;

	if (type >= 0)
		return read_kept(value, &record->kept[type]);
	if (strcmp(key, "holder") == 0)
		return read_process(value, &record->holder);
	if (strcmp(key, "init") == 0)
		return read_process(value, &record->init);
	if (strcmp(key, "mode") == 0)
		return read_mode(value, &record->mode);
	if (strcmp(key, "owner") == 0) {
		r = read_number(value, UINT32_MAX, &number);
		record->owner = r < 0 ? 0 : (uid_t)number;
	} else if (strcmp(key, "made") == 0) {
		r = read_number(value, INT64_MAX, &number);
		record->made = r < 0 ? 0 : (time_t)number;
	}
	return r;
}

int pin_record_parse(const char *text, struct pin_record *ret)
{
	_cleanup_free_ char *copy = xstrdup(text);
	struct pin_record record = { .owner = (uid_t)-1 };
	char *position = copy;
	char *line;

	while ((line = strsep(&position, "\n"))) {
		char *value;

		if (!*line || *line == '#')
			continue;
		value = strchr(line, '=');
		if (!value)
			return -EBADMSG;
		*value++ = '\0';
		if (read_value(line, value, &record) < 0)
			return -EBADMSG;
	}
	if (!pin_record_types(&record) || record.owner == (uid_t)-1)
		return -EBADMSG;
	if (pin_record_types_by(&record, PIN_HOLD) && !record.holder.pid)
		return -EBADMSG;
	*ret = record;
	return 0;
}
