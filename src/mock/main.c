#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/version.h"
#include "mock/http.h"
#include "mock/listen.h"
#include "mock/options.h"

/* SIGINT, SIGTERM and SIGUSR1 as something to read, before any connection exists. */
static int
open_signals(struct err *e)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || (fd = signalfd(-1, &set, SFD_CLOEXEC)) < 0)
		return err_set(e, ERR_INTERNAL, "no signalfd");
	return fd;
}

static int
add_origin(struct service *s, const char *scheme, const char *host, int port, struct err *e)
{
	char text[320];

	if (s->norigins == SERVICE_ORIGINS_MAX)
		return 0;
	snprintf(text, sizeof(text), "%s://%s:%d", scheme, host, port);
	if ((s->origin[s->norigins] = strdup(text)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->norigins++;
	return 0;
}

static int
set_origins(struct service *s, const struct tls *t, const struct listener *l, bool plain,
    struct err *e)
{
	if (plain) {
		if (add_origin(s, "http", l->host, l->port, e) < 0)
			return -1;
		return add_origin(s, "http", "localhost", l->port, e);
	}
	for (size_t i = 0; i < t->nnames; i++)
		if (add_origin(s, "https", t->name[i], l->port, e) < 0)
			return -1;
	return 0;
}

static void
free_origins(struct service *s)
{
	for (size_t i = 0; i < s->norigins; i++)
		free(s->origin[i]);
}

/* What happens besides the serving. */
struct running {
	const struct options	*o;
	const struct listener	*l;
	const struct stats	*stats;
	int			 signals;
};

static void
announce(void *arg)
{
	const struct running *r = arg;
	const int fd = (int)r->o->ready_fd;
	char line[LISTEN_TEXT + 20];
	int n = snprintf(line, sizeof(line), "ready %s:%d\n", r->l->host, r->l->port);
	ssize_t done = write(fd >= 0 ? fd : STDOUT_FILENO, line, (size_t)n);

	/* nobody listening is no reason not to serve */
	(void)done;
	if (fd >= 0)
		close(fd);
}

static int
write_stats(const struct options *o, const struct stats *stats, struct err *e)
{
	return stats != NULL ? stats_write(stats, o->stats, e) : 0;
}

/* A signal came: SIGUSR1 asks for the counts, any other for the end. */
static bool
goes_on(void *arg)
{
	const struct running *r = arg;
	struct signalfd_siginfo s;
	struct err e = ERR_INIT;

	if (read(r->signals, &s, sizeof(s)) != sizeof(s) || s.ssi_signo != SIGUSR1)
		return false;
	if (write_stats(r->o, r->stats, &e) < 0)
		fprintf(stderr, "shikaku-mock: %s\n", e.msg);
	return true;
}

/* What main() owns, released in one place. */
struct loaded {
	struct people	*people;
	struct anchors	*anchors;
	struct faults	*faults;
	struct tls	 tls;
	struct service	 service;
};

static int
load(struct loaded *d, const struct options *o, struct err *e)
{
	if ((d->people = people_load(o->people, e)) == NULL)
		return -1;
	if (o->faults != NULL && (d->faults = faults_load(o->faults, e)) == NULL)
		return -1;
	if ((d->anchors = anchors_new()) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < o->ncard_ca; i++)
		if (anchors_add_file(d->anchors, o->card_ca[i], e) < 0)
			return -1;
	if (o->stats != NULL && (d->service.stats = stats_new(e)) == NULL)
		return -1;
	d->service.bulk.config = o->bulk;
	d->service.people = d->people;
	d->service.anchors = d->anchors;
	return o->plain ? 0 : tls_load(&d->tls, o->tls_cert, o->tls_key, o->client_ca, e);
}

static void
unload(struct loaded *d)
{
	people_free(d->people);
	faults_free(d->faults);
	anchors_free(d->anchors);
	tls_free(&d->tls);
	free_origins(&d->service);
	bulk_free(&d->service.bulk);
	stats_free(d->service.stats);
}

static int
serve(struct loaded *d, const struct options *o, struct err *e)
{
	const struct http h = { &d->service, o->plain ? NULL : &d->tls, d->faults,
		o->latency_ms, o->verbose };
	struct listener l;
	struct running r = { o, &l, d->service.stats, -1 };
	struct http_control c = { .ready = announce, .goes_on = goes_on, .arg = &r };
	int rc = -1;

	if ((c.fd = r.signals = open_signals(e)) < 0)
		return -1;
	/* written once before, so that a path that cannot be is known at once */
	if (write_stats(o, r.stats, e) == 0 && listen_open(&l, o->listen, o->plain, e) == 0 &&
	    set_origins(&d->service, &d->tls, &l, o->plain, e) == 0)
		rc = http_serve(&h, l.fd, &c, e);
	if (rc == 0)
		rc = write_stats(o, r.stats, e);
	close(r.signals);
	return rc;
}

static int
report(const struct err *e)
{
	fprintf(stderr, "shikaku-mock: %s\n", e->msg);
	if (e->code == ERR_USAGE)
		fputs("Try 'shikaku-mock --help'.\n", stderr);
	return err_exit_status(e->code);
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct options o;
	struct loaded d = { 0 };
	int rc;

	if (options_parse(&o, argc, argv, &e) < 0)
		return report(&e);
	if (o.help || o.version) {
		if (o.help)
			options_help();
		else
			puts("shikaku-mock " SHIKAKU_VERSION);
		return fflush(stdout) == 0 ? 0 : err_exit_status(ERR_DISK);
	}
	rc = load(&d, &o, &e) < 0 ? -1 : serve(&d, &o, &e);
	unload(&d);
	return rc < 0 ? report(&e) : 0;
}
