#include "cli/charset.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define NAME_MAX_BYTES	20

/* What stands behind the dot of ja_JP.eucJP, up to an @; "" where nothing does. */
static void
charset_of_locale(char out[static NAME_MAX_BYTES + 1])
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *locale = NULL, *dot;
	size_t n;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((locale = getenv(names[i])) != NULL && *locale != '\0')
			break;
	if (locale == NULL || (dot = strchr(locale, '.')) == NULL)
		return;
	n = strspn(dot + 1, plain);
	snprintf(out, NAME_MAX_BYTES + 1, "%.*s", (int)(n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES),
	    dot + 1);
}

void
charset_warn(void)
{
	char name[NAME_MAX_BYTES + 1];

	charset_of_locale(name);
	if (name[0] == '\0' || strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0 ||
	    !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "shikaku: the locale says %s; everything here is written in UTF-8.\n"
	    "  -> moji ga yomenai toki wa, tanmatsu o UTF-8 ni suru (LANG=ja_JP.UTF-8)\n"
	    "  -> if it can not be read, set the terminal to UTF-8 (LANG=ja_JP.UTF-8)\n", name);
}
