#include <unistd.h>

#include "cli/watch.h"

#define CLEAR_AFTER_S	60
#define CLEAR_MAX_S	3600

struct watch_options {
	int	clear_after;
	bool	no_bell;
};

static int
parse(struct reception *r, struct watch_options *own, int argc, char **argv, struct err *e)
{
	struct reception_options *o = &r->o;
	const struct opt opts[] = {
		RECEPTION_CARD_OPTIONS(o),
		{ OPT_INT, "clear-after", "SECONDS", &own->clear_after, T("患者の画面を消すまで(60)", "until a patient's screen is cleared (60)") },
		{ OPT_FLAG, "no-bell", NULL, &own->no_bell, T("音を鳴らさない", "do not ring") },
		RECEPTION_DESK_OPTIONS(o),
		RECORDS_OPTIONS(&o->records),
	};
	const size_t n = sizeof(opts) / sizeof(opts[0]);
	bool seen[OPT_MAX] = { false };
	const int operands = cmd_options(r->app, opts, n, argc, argv, seen, e);

	if (operands < 0)
		return operands;
	if (operands > 0)
		return err_set(e, ERR_USAGE, "watch takes no operand");
	if (config_read(&r->config, r->app->config, opts, n, seen, e) < 0)
		return -1;
	if (o->timeout < 1 || o->timeout > 600)
		return err_set(e, ERR_USAGE, "--timeout is 1 to 600 seconds");
	if (own->clear_after < 1 || own->clear_after > CLEAR_MAX_S)
		return err_set(e, ERR_USAGE, "--clear-after is 1 to %d seconds", CLEAR_MAX_S);
	return 0;
}

static int
watch(struct reception *r, const struct watch_options *o, struct err *e)
{
	struct watch w = { .r = r, .clear_after_ms = o->clear_after * 1000, .bell = !o->no_bell,
		.anew = true, .blind = ERR_INIT };
	int rc;

	if (reception_prepare(r, e) < 0)
		return -1;
	w.person = r->rq.interactive;
	w.record = r->app->json || !w.person || !isatty(STDOUT_FILENO);
	r->may_bounce = w.person;
	r->rq.quiet = !w.person;
	if (outage_open(&w.outage, r->rq.offline ? NULL : &r->rq.service, e) < 0)
		return -1;
	if ((rc = records_open(&r->o.records, &w.store, e)) == 0) {
		board_begin(&w.board, w.person);
		rc = watch_run(&w, e);
	}
	watch_release(&w);
	store_close(w.store);
	return rc;
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	struct watch_options o = { .clear_after = CLEAR_AFTER_S };
	struct reception r;
	int rc;

	reception_init(&r, app);
	rc = parse(&r, &o, argc, argv, e);
	if (rc == 0)
		rc = watch(&r, &o, e);
	reception_release(&r);
	return rc;
}

const struct cmd cmd_watch = {
	"watch", "[OPTION]...",
	T("受付の1日: カードを待って check し、次の患者へ",
	    "the desk's day: wait for a card, check, and the next"), run, NULL
};
