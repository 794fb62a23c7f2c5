/*
 * A configuration file.  It is refused with its line, or every option it sets
 * has a value of its kind; what was given on the command line stays; and what
 * was read is the same when it is read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../must.h"
#include "cli/cmd.h"
#include "cli/config.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OPTIONS	6

/* What another command has. */
bool
cmd_has_option(const char *name)
{
	return strcmp(name, "limit-consent") == 0;
}

/* An option of each kind, and one that was given on the command line. */
struct values {
	bool		 flag;
	const char	*text;
	const char	*word;
	int		 number;
	struct opt_list	 list;
	const char	*given;
};

static void
read_again(const char *path, struct config *c, struct values *v, struct err *e)
{
	const struct opt opts[OPTIONS] = {
		{ OPT_FLAG, "verbose", NULL, &v->flag, T("", "") },
		{ OPT_STRING, "service", "URL", &v->text, T("", "") },
		{ OPT_STRING, "color", "auto|never|always", &v->word, T("", "") },
		{ OPT_INT, "timeout", "SECONDS", &v->number, T("", "") },
		{ OPT_LIST, "document", "NAME", &v->list, T("", "") },
		{ OPT_STRING, "ca", "FILE", &v->given, T("", "") },
	};
	const bool seen[OPTIONS] = { [OPTIONS - 1] = true };
	const int rc = config_read(c, path, opts, OPTIONS, seen, e);

	must((rc < 0) == (e->code != ERR_NONE));
	must(v->given == NULL && c->n <= OPT_MAX);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_refusal(const char *path, const struct err *e)
{
	must(e->code == ERR_CONFIG && strncmp(e->msg, path, strlen(path)) == 0);
	must(strnlen(e->msg, sizeof(e->msg)) < sizeof(e->msg));
}

static void
check_values(const struct values *v)
{
	must(v->number >= 0 && v->list.n <= OPT_LIST_MAX);
	must(v->word == NULL || same_text(v->word, "auto") || same_text(v->word, "never") ||
	    same_text(v->word, "always"));
	for (size_t i = 0; i < v->list.n; i++)
		must(v->list.item[i] != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c[2] = { { .n = 0 }, { .n = 0 } };
	struct values v[2] = { { .number = 0 }, { .number = 0 } };
	struct err e[2] = { ERR_INIT, ERR_INIT };
	const int fd = memfd_create("config", MFD_CLOEXEC);
	char path[40];

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (int i = 0; i < 2; i++)
		read_again(path, &c[i], &v[i], &e[i]);
	close(fd);
	must(e[0].code == e[1].code && same_text(e[0].msg, e[1].msg));
	if (e[0].code != ERR_NONE)
		check_refusal(path, &e[0]);
	else
		check_values(&v[0]);
	must(e[0].code != ERR_NONE || size == 0 || memchr(data, '\0', size) == NULL);
	must(v[0].flag == v[1].flag && v[0].number == v[1].number &&
	    same_text(v[0].text, v[1].text) && same_text(v[0].word, v[1].word) &&
	    v[0].list.n == v[1].list.n && c[0].test_mode == c[1].test_mode);
	config_release(&c[0]);
	config_release(&c[1]);
	return 0;
}
