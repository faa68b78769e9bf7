/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * environment.c - bytes to variables.
 */
#include "environment.h"

#include <string.h>

int environment_parse(const char *block, size_t size, char ***ret)
{
	const char *end = block + size;
	size_t count = 0;
	char **list;

	for (const char *text = block; text < end; text += strlen(text) + 1)
		count++;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	count = 0;
	for (const char *text = block; text < end; text += strlen(text) + 1) {
		const char *equals = strchr(text, '=');

		if (equals && equals != text)
			list[count++] = (char *)text;
	}
	*ret = list;
	return 0;
}

/* A name, or with a '*' how names begin. */
static const char *const names_of_code[] = {
	"PATH",	     "LD_*",	    "GCONV_PATH",    "LOCPATH",	    "NLSPATH",	   "GLIBC_TUNABLES",
	"MALLOC_*",  "HOSTALIASES", "RESOLV_*",	     "BASH_ENV",    "BASH_FUNC_*", "BASHOPTS",
	"SHELLOPTS", "PS4",	    "ENV",	     "IFS",	    "CDPATH",	   "PROMPT_COMMAND",
	"PERL5*",    "PERLLIB",	    "PYTHON*",	     "RUBYOPT",	    "RUBYLIB",	   "NODE_*",
	"JAVA_*",    "_JAVA_*",	    "CLASSPATH",     "LUA_*",	    "TCLLIBPATH",  "GIT_*",
	"EDITOR",    "VISUAL",	    "PAGER",	     "LESS*",	    "MANPAGER",	   "BROWSER",
	"TERMINFO*", "TERMCAP",	    "TERMPATH",	     "TMPDIR",	    "HOME",	   "XDG_*",
	"OPENSSL_*", "SSL_*",	    "SSLKEYLOGFILE", "KRB5*",	    "GTK_*",	   "QT_*",
	"ZDOTDIR",   "FPATH",	    "NULLCMD",	     "READNULLCMD", "MAKEFILES",   "MAKEFLAGS",
	"AWKPATH",   "AWKLIBPATH",
};

bool environment_names_code(const char *variable)
{
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < ARRAY_SIZE(names_of_code); i++) {
		const char *name = names_of_code[i];
		size_t fixed = strcspn(name, "*");

		if (strncmp(variable, name, fixed) == 0 && (name[fixed] == '*' || length == fixed))
			return true;
	}
	return false;
}

bool environment_is_listed(const char *variable, const char *list)
{
	size_t length = strcspn(variable, "=");

	while (list) {
		if (strcspn(list, ",") == length && strncmp(list, variable, length) == 0)
			return true;
		list = strchr(list, ',');
		list = list ? list + 1 : NULL;
	}
	return false;
}
