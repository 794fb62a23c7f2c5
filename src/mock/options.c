#include "mock/options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATENCY_MAX	600000	/* ms */
#define UNITS_MAX	1000000
#define KEEP_MAX	(366 * 86400)	/* s */

/* One option: how it is written and its line of help; what it fills is in store(). */
static const struct option {
	const char	*name;
	const char	*arg;	/* NULL: a flag */
	bool		 repeatable;
	const char	*help;
} table[] = {
#define OPT(name, arg, repeatable, help) { name, arg, repeatable, help }
	OPT("--listen",    "ADDR:PORT", false, "where to listen; port 0: choose one and print it"),
	OPT("--tls-cert",  "PEM",       false, "the service's certificate"),
	OPT("--tls-key",   "PEM",       false, "its private key"),
	OPT("--client-ca", "PEM",       false, "CA of the clinics' client certificates"),
	OPT("--plain",     NULL,        false, "HTTP without TLS, on loopback only"),
	OPT("--card-ca",   "PEM",       true,  "trust anchor for card certificates; repeatable"),
	OPT("--people",    "FILE",      false, "JSON: persons, their eligibility and certificates"),
	OPT("--faults",    "FILE",      false, "JSON: wrong answers to give (docs/mock.md)"),
	OPT("--latency",   "MS",        false, "delay every answer"),
	OPT("--bulk-units", "N",        false, "units a bulk file may have (default 10000, assumed)"),
	OPT("--bulk-ms",   "MS",        false, "how long a bulk file is worked on (default 0)"),
	OPT("--bulk-unit-ms", "MS",     false, "and for each unit of it (default 0)"),
	OPT("--bulk-partial", NULL,     false, "give the units done before the whole file is"),
	OPT("--bulk-keep", "SECONDS",   false, "how long a result is kept (default 86400, assumed)"),
	OPT("--stats",     "FILE",      false, "count what is asked, written on SIGUSR1 and at the end"),
	OPT("--ready-fd",  "N",         false, "write \"ready ADDR:PORT\" to descriptor N"),
	OPT("--verbose",   NULL,        false, "a line per request on standard error"),
	OPT("--help",      NULL,        false, "show this help"),
	OPT("--version",   NULL,        false, "show the version"),
#undef OPT
};

#define NOPTIONS	(sizeof(table) / sizeof(table[0]))

static int
to_number(const char *s, long long max, long long *out)
{
	char *end;

	if (*s < '0' || *s > '9')
		return -1;
	*out = strtoll(s, &end, 10);
	return *end == '\0' && *out <= max ? 0 : -1;
}

/* Where a plain text goes; NULL when the option is none. */
static const char **
text_of(struct options *o, const char *name)
{
	const struct { const char *name; const char **at; } texts[] = {
		{ "--listen", &o->listen }, { "--tls-cert", &o->tls_cert },
		{ "--tls-key", &o->tls_key }, { "--client-ca", &o->client_ca },
		{ "--people", &o->people }, { "--faults", &o->faults },
		{ "--stats", &o->stats },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].name, name) == 0)
			return texts[i].at;
	return NULL;
}

/* Where a number goes, and what it may be. */
static long long *
number_of(struct options *o, const char *name, long long *min, long long *max)
{
	const struct { const char *name; long long *at; long long min, max; } numbers[] = {
		{ "--latency", &o->latency_ms, 0, LATENCY_MAX },
		{ "--bulk-units", &o->bulk.units_max, 1, UNITS_MAX },
		{ "--bulk-ms", &o->bulk.ms, 0, LATENCY_MAX },
		{ "--bulk-unit-ms", &o->bulk.unit_ms, 0, LATENCY_MAX },
		{ "--bulk-keep", &o->bulk.keep_s, 0, KEEP_MAX },
		{ "--ready-fd", &o->ready_fd, 0, INT_MAX },
	};
	size_t i = 0;

	while (i < sizeof(numbers) / sizeof(numbers[0]) - 1 && strcmp(numbers[i].name, name) != 0)
		i++;
	*min = numbers[i].min;
	*max = numbers[i].max;
	return numbers[i].at;
}

static bool *
flag_of(struct options *o, const char *name)
{
	return strcmp(name, "--plain") == 0 ? &o->plain :
	    strcmp(name, "--bulk-partial") == 0 ? &o->bulk.partial :
	    strcmp(name, "--verbose") == 0 ? &o->verbose :
	    strcmp(name, "--help") == 0 ? &o->help : &o->version;
}

static int
store(struct options *o, const struct option *opt, const char *value, struct err *e)
{
	const char **text = text_of(o, opt->name);
	long long *number, min, max;

	if (text != NULL) {
		*text = value;
		return 0;
	}
	if (opt->arg == NULL) {
		*flag_of(o, opt->name) = true;
		return 0;
	}
	if (opt->repeatable) {
		if (o->ncard_ca == OPTIONS_CARD_CA_MAX)
			return err_set(e, ERR_USAGE, "%s: too many", opt->name);
		o->card_ca[o->ncard_ca++] = value;
		return 0;
	}
	number = number_of(o, opt->name, &min, &max);
	if (to_number(value, max, number) < 0 || *number < min)
		return err_set(e, ERR_USAGE, "%s: \"%.20s\" is not a number %lld..%lld", opt->name,
		    value, min, max);
	return 0;
}

static const struct option *
find_option(const char *arg, size_t n)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (strlen(table[i].name) == n && strncmp(table[i].name, arg, n) == 0)
			return &table[i];
	return NULL;
}

/* Takes argv[*i], and its value if that is a word of its own. */
static int
parse_one(struct options *o, char **argv, int *i, bool given[static NOPTIONS], struct err *e)
{
	const char *arg = argv[*i];
	const char *value = strchr(arg, '=');
	const size_t n = value != NULL ? (size_t)(value - arg) : strlen(arg);
	const struct option *opt = find_option(arg, n);

	if (opt == NULL)
		return err_set(e, ERR_USAGE, "unknown argument \"%.40s\"", arg);
	if (given[opt - table] && !opt->repeatable)
		return err_set(e, ERR_USAGE, "%s stands twice", opt->name);
	given[opt - table] = true;
	if (opt->arg == NULL)
		return value == NULL ? store(o, opt, NULL, e) :
		    err_set(e, ERR_USAGE, "%s takes no value", opt->name);
	value = value != NULL ? value + 1 : argv[++*i];
	if (value == NULL || *value == '\0')
		return err_set(e, ERR_USAGE, "%s: %s is missing", opt->name, opt->arg);
	return store(o, opt, value, e);
}

static int
check(const struct options *o, struct err *e)
{
	if (o->listen == NULL)
		return err_set(e, ERR_USAGE, "--listen is missing");
	if (o->people == NULL)
		return err_set(e, ERR_USAGE, "--people is missing");
	if (o->plain && (o->tls_cert != NULL || o->tls_key != NULL || o->client_ca != NULL))
		return err_set(e, ERR_USAGE, "--plain goes without --tls-cert, --tls-key, --client-ca");
	if (!o->plain && (o->tls_cert == NULL || o->tls_key == NULL || o->client_ca == NULL))
		return err_set(e, ERR_USAGE,
		    "--tls-cert, --tls-key and --client-ca are needed (or --plain)");
	return 0;
}

int
options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	bool given[NOPTIONS] = { false };

	*o = (struct options){ .ready_fd = -1, .bulk = BULK_CONFIG_INIT };
	for (int i = 1; i < argc; i++)
		if (parse_one(o, argv, &i, given, e) < 0)
			return -1;
	return o->help || o->version ? 0 : check(o, e);
}

void
options_help(void)
{
	puts("usage: shikaku-mock --listen ADDR:PORT --tls-cert PEM --tls-key PEM --client-ca PEM\n"
	    "                    --people FILE [--card-ca PEM]... [OPTION]...\n"
	    "       shikaku-mock --listen 127.0.0.1:PORT --plain --people FILE [OPTION]...\n"
	    "\n"
	    "Stands in for the online eligibility service (docs/service.md).\n");
	for (size_t i = 0; i < NOPTIONS; i++) {
		char left[40];

		snprintf(left, sizeof(left), "%s %s", table[i].name,
		    table[i].arg != NULL ? table[i].arg : "");
		printf("  %-23s %s\n", left, table[i].help);
	}
	puts("\nExit status: 0 stopped by a signal, 2 usage, 41 counts not written,\n"
	    "50 configuration, 65 malformed file.");
}
