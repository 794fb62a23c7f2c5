#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/cmd_help.h"
#include "cli/next.h"
#include "cli/out_error.h"

/* The verdicts of check, which are no errors and so not in ERR_LIST. */
static const struct {
	int		status;
	struct text	text, next;
} verdicts[] = {
	{ 0,  T("完了。check では保険扱い(負担割合が決まった)", "done; for check: an insured ratio was decided"),
	    T("氏名と生年月日を本人に確かめ、表示の割合で会計する", "confirm name and birth date with the patient and charge the ratio shown") },
	{ 10, T("check: 10割", "check: decided 10割 (self_pay)"),
	    T("いったん全額で会計し、画面の「次に」にある返金の手続きを説明する", "charge in full for now and explain the refund as the screen says") },
	{ 11, T("check: 確認することが残っている", "check: more is needed (need)"),
	    T("画面の質問を患者に確かめ、わかったことを足してもう一度 check する", "find out what the screen asks and run check again with it") },
	{ 12, T("check: 人の判断が必要", "check: a person must look (refer)"),
	    T("責任者が画面の理由を見て、割合と請求のしかたを決める", "whoever is in charge reads the reason and decides ratio and claim") },
};

#define VERDICTS	((int)(sizeof(verdicts) / sizeof(verdicts[0])))
#define ENTRIES		(VERDICTS + ERR_MAX - 1)

/* A line of the table: first the verdicts, then the errors. */
struct entry {
	int		 status;
	const char	*code;	/* NULL of a verdict */
	const char	*text;
	enum err_code	 error;	/* ERR_NONE of a verdict, whose step is next */
	const char	*next;
};

static struct entry
entry_at(int i, bool ja)
{
	const enum err_code c = (enum err_code)(i - VERDICTS + 1);

	if (i < VERDICTS)
		return (struct entry){ verdicts[i].status, NULL,
		    ja ? verdicts[i].text.ja : verdicts[i].text.en, ERR_NONE,
		    ja ? verdicts[i].next.ja : verdicts[i].next.en };
	return (struct entry){ err_exit_status(c), err_name(c), err_text(c, ja), c, NULL };
}

static const char *
step_of(const struct entry *t, int i, bool ja)
{
	if (t->error != ERR_NONE)
		return error_next(t->error, i, ja);
	return i == 0 ? t->next : NULL;
}

/* Does the word, a status or a code, mean this one?  NULL means all. */
static bool
is_meant(const struct entry *t, const char *word)
{
	char status[16];

	snprintf(status, sizeof(status), "%d", t->status);
	return word == NULL || strcmp(word, status) == 0 ||
	    (t->code != NULL && strcasecmp(word, t->code) == 0);
}

static void
add_text(struct buf *b, const struct entry *t, bool with_steps, bool ja)
{
	const char *step;

	buf_addf(b, "%4d  ", t->status);
	if (t->code != NULL)
		buf_addf(b, "%-20s ", t->code);
	buf_addf(b, "%s\n", t->text);
	for (int i = 0; with_steps && (step = step_of(t, i, ja)) != NULL; i++)
		out_step(b, step);
}

static void
add_json(struct jw *w, const struct entry *t, bool ja)
{
	const char *step;

	jw_open(w, NULL, '{');
	jw_int(w, "exit", t->status);
	if (t->code != NULL) {
		jw_str(w, "code", t->code);
		jw_bool(w, "retryable", err_retryable(t->error));
	}
	jw_str(w, "text", t->text);
	jw_open(w, "next", '[');
	for (int i = 0; (step = step_of(t, i, ja)) != NULL; i++)
		jw_str(w, NULL, step);
	jw_close(w, ']');
	jw_close(w, '}');
}

static int
add_entries(struct buf *b, const char *word, bool json, bool ja)
{
	struct jw w = { b, false };
	int found = 0;

	if (json) {
		jw_open(&w, NULL, '{');
		jw_open(&w, "statuses", '[');
	}
	for (int i = 0; i < ENTRIES; i++) {
		const struct entry t = entry_at(i, ja);

		if (!is_meant(&t, word))
			continue;
		if (json)
			add_json(&w, &t, ja);
		else
			add_text(b, &t, word != NULL, ja);
		found++;
	}
	if (json) {
		jw_close(&w, ']');
		jw_close(&w, '}');
		buf_adds(b, "\n");
	}
	return found;
}

int
help_exit(struct app *app, int argc, char **argv, struct err *e)
{
	struct buf b = BUF_INIT;
	const char *word;
	const int n = help_operand(app, argc, argv, &word, e);

	if (n < 0)
		return n;
	if (add_entries(&b, word, app->json, app->ja) > 0)
		return cmd_print(&b, e);
	buf_free(&b);
	return err_set(e, ERR_USAGE, "no exit status or code of an error: %.40s", word);
}
