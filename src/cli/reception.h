#ifndef CLI_RECEPTION_H
#define CLI_RECEPTION_H

#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/logbook.h"
#include "cli/out_check.h"
#include "cli/recording.h"
#include "cli/service.h"
#include "desk/talk.h"

/*
 * What check and watch have in common: one patient, from the card to the
 * verdict.
 *
 *	reception_init()	before the options are read into it
 *	reception_prepare()	once: the rules, the request, the CAs
 *	reception_begin()	the facts that are known beforehand
 *	reception_run()		card, service, questions, verdict
 *	reception_log()		who asked, before anybody sees what came of it
 *	reception_end()		forgets the patient; reception_begin() may follow
 *	reception_release()	all the rest
 */

/* The options as they were written; what a command does not have stays zero. */
struct reception_options {
	const char	*reader, *card, *no_card, *limit_consent, *auth, *visit, *date, *birthdate;
	const char	*facts, *operator, *rules, *trace, *reason;
	struct service_options	 service;
	struct opt_list	 card_ca;
	bool		 assume_none, require_online, last_try, no_input, no_trace, handout;
	bool		 register_card, identify;
	int		 text_pin_fd, pin_fd, timeout, points, override;
	const char	*patient;
	struct records_options	 records;
};

/* The options of both commands, in two rows. */
#define RECEPTION_CARD_OPTIONS(o)							\
	{ OPT_STRING, "reader", "NAME", &(o)->reader, T("リーダーの名前(一部でよい)", "reader by (part of) its name") }, \
	{ OPT_STRING, "limit-consent", "yes|no", &(o)->limit_consent, T("限度額情報の提供の同意", "consent to giving 限度額 information") }, \
	{ OPT_STRING, "auth", "pin|visual", &(o)->auth, T("暗証番号か目視確認", "PIN (default) or visual confirmation") }, \
	{ OPT_FLAG, "last-try", NULL, &(o)->last_try, T("残り1回でも暗証番号を照合する", "allow a PIN entry with one try left") }, \
	{ OPT_FLAG, "no-input", NULL, &(o)->no_input, T("何もたずねない", "never prompt") }
#define RECEPTION_DESK_OPTIONS(o)							\
	SERVICE_OPTIONS(&(o)->service),							\
	{ OPT_LIST, "card-ca", "PEM", &(o)->card_ca, T("カードの認証局(何度でも)", "trust anchor of cards, repeatable") }, \
	{ OPT_INT, "timeout", "SECONDS", &(o)->timeout, T("機械の待ち時間の上限(10)", "deadline for machine time (10)") }, \
	{ OPT_STRING, "operator", "ID", &(o)->operator, T("受付の担当者", "who is at the desk") }, \
	{ OPT_STRING, "rules", "FILE", &(o)->rules, T("別の規則ファイル", "other rules") }, \
	{ OPT_FLAG, "no-trace", NULL, &(o)->no_trace, T("JSONに判定の経過を出さない", "no trace in the JSON") }

struct reception {
	struct app		*app;
	struct reception_options o;
	struct config		 config;
	struct check_request	 rq;
	struct x509_anchors	*anchors;
	struct rulebase		*rb;
	char			 operator_name[64];
	bool			 may_bounce;	/* see reception_run() */
	struct logbook		 log;
	struct store		*names;		/* for the log where the command has none; or NULL */
	/* of the patient: */
	struct check		 check;
	struct json		*facts;
	struct decision		 decision;
	struct talk		*talk;
	int			 birthdate_on_file;	/* or FACT_UNASKED */
	bool			 birthdate_filed;	/* the facts' is the one on file */
};

/* Nothing of it reaches swap, a core dump or another process from here on. */
void	reception_init(struct reception *r, struct app *app);

/* Options that contradict each other or files that can not be used: -1 with e set. */
int	reception_prepare(struct reception *r, struct err *e);

/* As of today in Japan, or of --date. */
int	reception_begin(struct reception *r, struct err *e);

/*
 * Card and service, then the person, until nothing is left to ask or nothing
 * more is known; and all of it again while the person wants to.  0 with the
 * decision, -1 with e set; with may_bounce also 1, nothing asked or decided,
 * when the card was lifted before it was done with or is no My Number card.
 */
int	reception_run(struct reception *r, struct err *e);

/*
 * One record, of what was decided or (c NULL) why nothing was; s, or NULL where
 * the command has none open.  Not of an error before card, service or record.
 */
enum recorded reception_log(struct reception *r, struct store *s, const struct checked *c,
	    const struct err *why);

/* For the printers, as long as the visit lasts. */
struct checked reception_result(const struct reception *r);

/* The exit status of a verdict: 0, 10, 11, 12. */
int	reception_status(const struct reception *r);

void	reception_end(struct reception *r);
void	reception_release(struct reception *r);

#endif
