#include "cli/cmd_audit.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "batch/out.h"
#include "cli/grid.h"

#define PRINT_BYTES	65536	/* gathered before they are printed */
#define JST_S		(9 * 3600LL)
#define DAY_S		86400LL
#define NAME_SHOWN	8	/* digits of a pseudonym on the screen */

/* show and export: which records, and how they are written. */
struct show {
	struct audit_run run;
	const char	*patient, *since, *until;
	bool		 csv;
	struct out_form	 form;
	long long	 from, to;		/* at is in [from, to) */
	char		 name[PSEUDONYM_HEX + 1];	/* of --patient; "": everybody's */
	struct buf	 out;
	long		 shown, nameless;	/* nameless: passed over for want of a pseudonym */
	void		(*write)(struct show *, const struct json *entry);
};

#define SHOW_OPTIONS(s)									\
	{ OPT_STRING, "patient", "ID", &(s)->patient, T("この患者の記録だけ(store の鍵が要る)", "this patient's only (needs the store's key)") }, \
	{ OPT_STRING, "since", "DATE", &(s)->since, T("この日から", "from that day on") }, \
	{ OPT_STRING, "until", "DATE", &(s)->until, T("この日まで", "up to that day") }

/* Of the record's, "" for null. */
static const char *
text_of(const struct json *record, const char *key)
{
	const char *s = js_str(record, key);

	return s != NULL ? s : "";
}

static void
write_line(struct show *s, const struct json *entry)
{
	static const int widths[] = { 7, 19, 8, 14, NAME_SHOWN, 14 };
	const struct json *record = js_get(entry, "record");
	const char *jst = text_of(record, "jst"), *name = text_of(record, "patient");
	char seq[24], when[20], who[NAME_SHOWN + 1], what[80];
	const char *const cells[] = { seq, when, text_of(record, "operator"),
		text_of(record, "command"), who, what };
	long long n = 0;
	bool provisional = false;

	(void)js_int(entry, "seq", &n);
	snprintf(seq, sizeof(seq), "%lld", n);
	snprintf(when, sizeof(when), "%.10s %.8s", jst, strlen(jst) > 11 ? jst + 11 : "");
	snprintf(who, sizeof(who), "%s", *name != '\0' ? name : "-");
	snprintf(what, sizeof(what), "%s", text_of(record, "outcome"));
	if (js_bool(record, "provisional", &provisional) && provisional)
		strncat(what, s->run.app->ja ? " 仮" : " prov.", sizeof(what) - strlen(what) - 1);
	grid_row(&s->out, cells, widths, 6);
}

static void
write_json(struct show *s, const struct json *entry)
{
	struct jw w = { &s->out, false };

	jw_json(&w, NULL, entry);
	buf_addc(&s->out, '\n');
}

/* The columns of the export, in their order; in "store" where marked. */
static const struct {
	const char	*name, *key;
	enum { OF_ENTRY, OF_RECORD, OF_STORE } of;
} columns[] = {
	{ "seq", "seq", OF_ENTRY }, { "utc", "utc", OF_RECORD }, { "jst", "jst", OF_RECORD },
	{ "clock", "clock", OF_RECORD }, { "operator", "operator", OF_RECORD },
	{ "account", "account", OF_RECORD }, { "terminal", "terminal", OF_RECORD },
	{ "command", "command", OF_RECORD }, { "patient", "patient", OF_RECORD },
	{ "card", "card", OF_RECORD }, { "outcome", "outcome", OF_RECORD },
	{ "path", "path", OF_RECORD },
	{ "provisional", "provisional", OF_RECORD }, { "edition", "edition", OF_RECORD },
	{ "store_seq", "seq", OF_STORE },
};
#define COLUMNS	(sizeof(columns) / sizeof(columns[0]))

static void
end_csv_line(struct show *s)
{
	buf_adds(&s->out, s->form.spreadsheet ? "\r\n" : "\n");
}

static void
write_csv_head(struct show *s)
{
	if (s->form.spreadsheet)
		buf_adds(&s->out, "\xef\xbb\xbf");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_addf(&s->out, "%s%s", i > 0 ? "," : "", columns[i].name);
	end_csv_line(s);
}

static void
write_csv(struct show *s, const struct json *entry)
{
	const struct json *record = js_get(entry, "record");
	const struct json *const of[] = { entry, record, js_get(record, "store") };

	for (size_t i = 0; i < COLUMNS; i++) {
		const struct json *const o = of[columns[i].of];
		const char *const text = js_str(o, columns[i].key);
		long long n;
		bool yes;

		if (i > 0)
			buf_addc(&s->out, ',');
		if (text != NULL)
			out_csv_cell(&s->out, &s->form, text);
		else if (js_int(o, columns[i].key, &n))
			buf_addf(&s->out, "%lld", n);
		else if (js_bool(o, columns[i].key, &yes))
			buf_adds(&s->out, yes ? "true" : "false");
	}
	end_csv_line(s);
}

static int
each(void *ctx, const struct json *entry, struct err *e)
{
	const struct json *record = js_get(entry, "record");
	struct show *s = ctx;
	const char *name = js_str(record, "patient");
	long long at = 0;

	(void)js_int(entry, "at", &at);
	if (at < s->from || at >= s->to)
		return 0;
	if (s->name[0] != '\0' && (name == NULL || strcmp(name, s->name) != 0)) {
		s->nameless += name == NULL;
		return 0;
	}
	s->shown++;
	s->write(s, entry);
	if (s->out.n < PRINT_BYTES)
		return 0;
	return cmd_print(&s->out, e);
}

static int
day_option(const char *value, const char *option, int fallback, int *out, struct err *e)
{
	*out = value != NULL ? date_parse_any(value) : fallback;
	return *out != DATE_NONE ? 0 :
	    err_set(e, ERR_USAGE, "--%s is no date: \"%.40s\"", option, value);
}

/* The pseudonym of --patient. */
static int
find_name(struct show *s, struct err *e)
{
	struct store *store;

	if (s->patient == NULL)
		return 0;
	if (records_open(&s->run.o, &store, e) < 0)
		return -1;
	if (store == NULL)
		return err_set(e, ERR_CONFIG, "--patient: the log has pseudonyms only, and there is "
		    "no store that knows whose");
	pseudonym(store, (struct span){ (const uint8_t *)s->patient, strlen(s->patient) }, s->name);
	store_close(store);
	return 0;
}

static int
choose(struct show *s, struct err *e)
{
	int first, last;

	if (day_option(s->since, "since", 0, &first, e) < 0 ||
	    day_option(s->until, "until", date_number(2100, 12, 31), &last, e) < 0)
		return -1;
	s->from = first * DAY_S - JST_S;
	s->to = (last + 1) * DAY_S - JST_S;
	return find_name(s, e);
}

static void
write_foot(struct show *s, const struct audit_state *state)
{
	const bool ja = s->run.app->ja;

	buf_addf(&s->out, ja ? "\n全%lld件のうち %ld件" : "\nof %lld records %ld",
	    state->head.records, s->shown);
	if (s->nameless > 0)
		buf_addf(&s->out, ja ? "。ほかに患者の仮名のない記録 %ld件" :
		    "; %ld more name no patient", s->nameless);
	if (state->purged > 0)
		buf_addf(&s->out, ja ? "。消去済み %lld件" : "; %lld purged", state->purged);
	buf_adds(&s->out, ja ? "。\n" : ".\n");
}

/* The chain is followed on the way: nothing is passed over that verify would find. */
static int
show(struct show *s, bool foot, struct err *e)
{
	const struct audit_reader reader = { each, s };
	struct err later = ERR_INIT;
	struct audit_state state;
	int rc;

	if (choose(s, e) < 0)
		return -1;
	rc = audit_verify(s->run.folder, NULL, NULL, &reader, &state, e);
	if (rc == 0 && foot)
		write_foot(s, &state);
	/* what stands before the place where it fails is as it was written */
	if (s->out.n > 0 && cmd_print(&s->out, rc < 0 ? &later : e) < 0)
		rc = -1;
	return rc;
}

int
audit_run_show(struct app *app, int argc, char **argv, struct err *e)
{
	struct show s = { .run.o = RECORDS_OPTIONS_INIT, .out = BUF_INIT };
	const struct opt more[] = { SHOW_OPTIONS(&s) };
	int rc = audit_run_begin(&s.run, app, more, sizeof(more) / sizeof(more[0]), argc, argv, e);

	if (rc == 0) {
		s.write = app->json ? write_json : write_line;
		rc = show(&s, !app->json, e);
	}
	buf_free(&s.out);
	return audit_run_end(&s.run, rc);
}

int
audit_run_export(struct app *app, int argc, char **argv, struct err *e)
{
	struct show s = { .run.o = RECORDS_OPTIONS_INIT, .out = BUF_INIT, .write = write_csv };
	const struct opt more[] = {
		SHOW_OPTIONS(&s),
		{ OPT_FLAG, "csv", NULL, &s.csv, T("CSVで(ほかの形式はない)", "as CSV (there is no other form)") },
		{ OPT_FLAG, "excel", NULL, &s.form.spreadsheet, T("Excelで開くCSVにする", "CSV that Excel opens as it is meant") },
	};
	int rc = audit_run_begin(&s.run, app, more, sizeof(more) / sizeof(more[0]), argc, argv, e);

	if (rc == 0 && !s.csv)
		rc = err_set(e, ERR_USAGE, "audit export needs --csv");
	if (rc == 0) {
		write_csv_head(&s);
		rc = show(&s, false, e);
	}
	buf_free(&s.out);
	return audit_run_end(&s.run, rc);
}
