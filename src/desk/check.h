#ifndef DESK_CHECK_H
#define DESK_CHECK_H

#include "base/secret.h"
#include "card/x509.h"
#include "decide/same_person.h"
#include "decide/verdict_out.h"
#include "desk/reader.h"
#include "net/elig.h"

/*
 * One patient at the desk: what the card and the service say, turned into
 * facts.  Deciding on them and asking for more is the caller's.
 */
enum check_auth { AUTH_PIN, AUTH_VISUAL };

/* What the desk knows of the card beforehand: a person is only waited for where it is awaited. */
enum check_card { CHECK_CARD_AWAITED, CHECK_CARD_THERE, CHECK_CARD_NONE };

struct check_request {
	bool			 ja;
	bool			 interactive;	/* a person sits at the terminal */
	bool			 quiet;		/* no progress lines on stderr */
	int			 absent_because;	/* --no-card: enum absent_because, or -1 */
	struct reader_request	 card;
	enum check_card		 card_is;
	enum check_auth		 auth;
	int			 pin_fd;	/* -1: the terminal */
	bool			 last_try;
	bool			 limit_consent;	/* the patient's, to giving 限度額 information */
	bool			 ask_consent;	/* interactive: the patient is asked for it */
	bool			 identify;	/* --identify: whose card it is */
	int			 text_pin_fd;	/* the PIN for that; -1: the terminal */
	bool			 register_card;	/* not interactive: the patient wants 利用登録 */
	const char		*operator_id;
	bool			 offline;
	const struct err	*service_down;	/* why it is not asked, known beforehand; or NULL */
	struct elig_service	 service;
	const struct x509_anchors *anchors;	/* NULL or empty: only in test mode */
	bool			 test_mode;
	int			 timeout_ms;	/* machine time; the clock stops for people */
};

/* What came of --identify.  The person is in locked memory and never written down. */
enum identify_result {
	IDENTIFY_OFF, IDENTIFY_SAME, IDENTIFY_OTHER,
	IDENTIFY_NOT_TOLD,	/* no answer, or none with a name, to compare with */
	IDENTIFY_NOT_READ	/* error says why */
};

struct identified {
	enum identify_result	 result;
	struct person_parts	 parts;
	struct secret		 person;	/* a struct person, or nothing */
	struct err		 error;
};

/* NULL where it was not read. */
const struct person *identified_person(const struct identified *i);

#define CHECK_WARNINGS_MAX	6

struct check {
	struct facts		 facts;		/* begun by the caller */
	struct reader_card	 card;
	bool			 card_seen;	/* card is filled in */
	struct elig_answer	 answer;
	bool			 asked;		/* an enquiry was made or tried */
	bool			 limit_consent;	/* as the enquiry said */
	bool			 declined;	/* asked here, the patient does not want 利用登録 */
	struct identified	 identified;
	struct json		*online;	/* what facts.online borrows from */
	struct err		 error;		/* the first failure that became a fact */
	const char		*warning[CHECK_WARNINGS_MAX];	/* codes of the rule file's texts */
	int			 warnings;
	bool			 thread_left;	/* end the process by _exit(): enquiry.h */
};

/*
 * Reads the card, proves the person, asks the service.  0 when all there is
 * to know is in c->facts, failures included; -1 with e set only for what no
 * ladder helps against: configuration, a clock a day off, an interrupt.
 */
int	check_run(const struct check_request *rq, struct check *c, struct err *e);

void	check_init(struct check *c, int visit_date);
void	check_release(struct check *c);

/* Forgets what card and service said, to try them again; other facts stay. */
void	check_again(struct check *c);

#endif
