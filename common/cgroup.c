/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup.c - lines of /proc/PID/cgroup, and the names in their paths.
 */
#include "cgroup.h"

#include <string.h>

#include "file.h"
#include "text.h"

/* Lines. */

/* "4:cpu,cpuacct:/path": no controller has a colon in its name, a path may. */
static int parse_line(char *text, struct cgroup_line *ret)
{
	char *number = strsep(&text, ":");
	char *controllers = strsep(&text, ":");
	uint32_t hierarchy;

	if (!controllers || !text || *text != '/' || parse_u32(number, &hierarchy) < 0)
		return -EINVAL;
	*ret = (struct cgroup_line){ hierarchy, controllers, text };
	return 0;
}

/* Smaller first. */
static unsigned int rank_of(const struct cgroup_line *line)
{
	if (line->hierarchy == 0)
		return 0;
	return strcmp(line->controllers, "name=systemd") == 0 ? 1 : 2;
}

/* Behind all that rank as high. */
static int insert_line(struct cgroup_table *table, const struct cgroup_line *line)
{
	struct cgroup_line *larger;
	size_t at = table->count;

	larger = reallocarray(table->lines, table->count + 1, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	table->lines = larger;
	for (; at > 0 && rank_of(&larger[at - 1]) > rank_of(line); at--)
		larger[at] = larger[at - 1];
	larger[at] = *line;
	table->count++;
	return 0;
}

int cgroup_table_parse(char *text, struct cgroup_table *ret)
{
	_cleanup_(cgroup_table_release) struct cgroup_table table = { .text = text };
	struct cgroup_line line;
	char *word;

	while ((word = strsep(&text, "\n"))) {
		int r;

		if (!*word && !text)
			break; /* behind the last newline */
		r = parse_line(word, &line);
		if (r == 0)
			r = insert_line(&table, &line);
		if (r < 0)
			return r;
	}
	*ret = table;
	table = (struct cgroup_table){ 0 };
	return 0;
}

int cgroup_table_read(int dirfd, const char *path, struct cgroup_table *ret)
{
	char *text;
	int r;

	r = read_file(dirfd, path, &text, NULL);
	return r < 0 ? r : cgroup_table_parse(text, ret);
}

void cgroup_table_release(struct cgroup_table *table)
{
	free(table->lines);
	free(table->text);
	*table = (struct cgroup_table){ 0 };
}

bool cgroup_path_is_below(const char *path, const char *top, size_t length)
{
	/* The root is all of its "/", not what stands before one. */
	if (length == 1)
		length = 0;
	return strncmp(path, top, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Components. */

struct word {
	const char *text;
	size_t length;
};

/* The next component of a path, which then points behind it. */
static bool next_word(const char **path, struct word *ret)
{
	*path += strspn(*path, "/");
	*ret = (struct word){ *path, strcspn(*path, "/") };
	*path += ret->length;
	return ret->length > 0;
}

static bool word_is(struct word word, const char *text)
{
	return strlen(text) == word.length && memcmp(text, word.text, word.length) == 0;
}

/* What is left of a word without a prefix and a suffix; false where it lacks one, or nothing is left. */
static bool strip(struct word *word, const char *prefix, const char *suffix)
{
	size_t before = strlen(prefix), after = strlen(suffix);

	if (word->length <= before + after || memcmp(word->text, prefix, before) != 0 ||
	    memcmp(word->text + word->length - after, suffix, after) != 0)
		return false;
	word->text += before;
	word->length -= before + after;
	return true;
}

static bool copy_word(struct word word, char ret[CGROUP_NAME_SIZE])
{
	if (word.length >= CGROUP_NAME_SIZE)
		return false;
	memcpy(ret, word.text, word.length);
	ret[word.length] = '\0';
	return true;
}

/* Units. */

/* systemd.unit(5). Not all have a cgroup, but each says that a name is whole. */
static const char *const unit_suffixes[] = {
	".service", ".scope", ".slice",	 ".socket", ".mount",	  ".swap",
	".target",  ".timer", ".device", ".path",   ".automount",
};

static bool is_unit(struct word word)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_suffixes); i++) {
		struct word rest = word;

		if (strip(&rest, "", unit_suffixes[i]))
			return true;
	}
	return false;
}

/* systemd puts a '_' before names that the kernel might take for files of its own: "_cpu.service". */
static struct word unescape_unit(struct word word)
{
	strip(&word, "_", "");
	return word;
}

static bool is_slice(struct word word)
{
	return strip(&word, "", ".slice");
}

static bool is_user_manager(struct word word)
{
	return strip(&word, "user@", ".service");
}

/* The next component that is not a slice, and not above our root. */
static bool next_in_slices(const char **path, struct word *ret)
{
	while (next_word(path, ret)) {
		*ret = unescape_unit(*ret);
		if (!is_slice(*ret) && !word_is(*ret, ".."))
			return true;
	}
	return false;
}

bool cgroup_path_unit(const char *path, char ret[CGROUP_NAME_SIZE])
{
	struct word unit, inner;

	if (!next_in_slices(&path, &unit) || !is_unit(unit))
		return false;
	/* A manager itself is in an init.scope of its own. */
	if (is_user_manager(unit) && next_in_slices(&path, &inner) && is_unit(inner) &&
	    !word_is(inner, "init.scope"))
		unit = inner;
	return copy_word(unit, ret);
}

static bool is_the_unit(struct word word, const char *name)
{
	if (is_unit((struct word){ name, strlen(name) }))
		return word_is(word, name);
	return strip(&word, "", ".service") && word_is(word, name);
}

bool cgroup_path_in_unit(const char *path, const char *name, size_t *ret_length)
{
	const char *end = path;
	struct word word;

	while (next_word(&end, &word)) {
		/* Who pastes a name out of a path has it escaped. */
		if (!is_the_unit(word, name) && !is_the_unit(unescape_unit(word), name))
			continue;
		*ret_length = (size_t)(end - path);
		return true;
	}
	return false;
}

/* Containers. */

enum { HEX_ID_LENGTH = 64, HEX_PREFIX_MIN = 4 };

enum id_kind {
	ID_HEX,	   /* 64 digits; in a scope of systemd, or in a directory without suffix */
	ID_NAME,   /* anything */
	ID_ESCAPED /* a name in the escapes of systemd.unit(5): "\x2d" */
};

/* THE table: how engines write a container's id into the name of its cgroup. */
static const struct form {
	const char *below; /* the component before it; NULL: any */
	const char *prefix, *suffix;
	enum id_kind kind;
} forms[] = {
	/* Only these with an id right behind: not libpod-conmon-ID, nor crio-conmon-ID. */
	{ NULL, "docker-", ".scope", ID_HEX },
	{ NULL, "libpod-", ".scope", ID_HEX },
	{ NULL, "libpod-payload-", ".scope", ID_HEX }, /* podman --cgroups=split */
	{ NULL, "crio-", ".scope", ID_HEX },
	{ NULL, "cri-containerd-", ".scope", ID_HEX },
	{ NULL, "nerdctl-", ".scope", ID_HEX },
	/* /docker/ID, /kubepods/burstable/podUID/ID, and what a --cgroup-parent says. */
	{ NULL, "", "", ID_HEX },
	{ NULL, "lxc.payload.", "", ID_NAME },
	{ "lxc.payload", "", "", ID_NAME },
	{ "lxc", "", "", ID_NAME },
	{ NULL, "machine-", ".scope", ID_ESCAPED },
	{ NULL, "systemd-nspawn@", ".service", ID_ESCAPED },
};

static bool is_hex(const char *text, size_t length)
{
	return strspn(text, "0123456789abcdef") >= length;
}

static bool strip_hex(struct word *word, const struct form *form)
{
	const char *colon = memrchr(word->text, ':', word->length);
	struct word id = *word;

	/* SLICE:cri-containerd:ID, where a directory is made of a name meant for systemd. */
	if (colon && *form->prefix == '\0')
		id = (struct word){ colon + 1, (size_t)(word->text + word->length - colon - 1) };
	if (!strip(&id, form->prefix, form->suffix) && !strip(&id, form->prefix, ""))
		return false;
	*word = id;
	return id.length == HEX_ID_LENGTH && is_hex(id.text, id.length);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo "\xHH" in place; anything else stays. */
static void unescape_name(char *name)
{
	char *out = name;

	while (*name) {
		int high = name[0] == '\\' && name[1] == 'x' ? hex_digit(name[2]) : -1;
		int low = high >= 0 ? hex_digit(name[3]) : -1;

		if (low >= 0 && (high || low)) {
			*out++ = (char)(high * 16 + low);
			name += 4;
		} else {
			*out++ = *name++;
		}
	}
	*out = '\0';
}

static bool read_form(const struct form *form, struct word before, struct word word,
		      char ret[CGROUP_NAME_SIZE])
{
	if (form->below && !word_is(before, form->below))
		return false;
	if (form->kind == ID_HEX)
		return strip_hex(&word, form) && copy_word(word, ret);
	if (!strip(&word, form->prefix, form->suffix) || !copy_word(word, ret))
		return false;
	if (form->kind == ID_ESCAPED)
		unescape_name(ret);
	return true;
}

/* The id that a component with another before it stands for; NULL: none. */
static const struct form *find_form(struct word before, struct word word, char ret[CGROUP_NAME_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (read_form(&forms[i], before, word, ret))
			return &forms[i];
	return NULL;
}

/* The next component that is a container; `before` is the one that the path has just left. */
static const struct form *next_container(const char **path, struct word *before, char ret[CGROUP_NAME_SIZE])
{
	const struct form *form = NULL;
	struct word word;

	while (!form && next_word(path, &word)) {
		form = find_form(*before, word, ret);
		*before = word;
	}
	return form;
}

bool cgroup_path_container(const char *path, char ret[CGROUP_NAME_SIZE])
{
	struct word before = { "", 0 };

	return next_container(&path, &before, ret) != NULL;
}

static bool is_the_container(const struct form *form, const char *found, const char *wanted)
{
	size_t length = strlen(wanted);

	if (form->kind == ID_HEX && length >= HEX_PREFIX_MIN)
		return strncmp(found, wanted, length) == 0;
	return strcmp(found, wanted) == 0;
}

int cgroup_path_in_container(const char *path, const char *id, size_t *ret_length)
{
	char found[CGROUP_NAME_SIZE], first[CGROUP_NAME_SIZE];
	struct word before = { "", 0 };
	const struct form *form;
	const char *end = path;
	size_t length = 0;

	while ((form = next_container(&end, &before, found))) {
		if (!is_the_container(form, found, id))
			continue;
		if (length && strcmp(found, first) != 0)
			return -ENOTUNIQ;
		if (length)
			continue;
		length = (size_t)(end - path);
		memcpy(first, found, sizeof(first));
	}
	if (length)
		*ret_length = length;
	return length > 0;
}

/* Lines and names together. */

bool cgroup_table_unit(const struct cgroup_table *table, char ret[CGROUP_NAME_SIZE])
{
	for (size_t i = 0; i < table->count; i++)
		if (cgroup_path_unit(table->lines[i].path, ret))
			return true;
	return false;
}

bool cgroup_table_container(const struct cgroup_table *table, char ret[CGROUP_NAME_SIZE])
{
	for (size_t i = 0; i < table->count; i++)
		if (cgroup_path_container(table->lines[i].path, ret))
			return true;
	return false;
}
