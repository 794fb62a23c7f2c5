#ifndef CLI_LOGBOOK_H
#define CLI_LOGBOOK_H

#include "audit/audit.h"
#include "cli/records.h"
#include "json/json.h"

/*
 * Who did what with which patient, as a record of the audit log (audit/audit.h),
 * before anybody sees what came of it.  Without a log (`audit init`) nothing is
 * written.  The head of each write goes to syslog, too: AUTHPRIV, number and
 * hash alone.
 */
struct logbook {
	char		*folder;	/* NULL: there is none, or why says what is wrong with it */
	char		 operator_id[64], account[64], terminal[160];
	bool		 synchronised;	/* the clock, as the kernel has it */
	int		 anchor;	/* connected to syslog; -1 */
	struct buf	 records;	/* not written yet, each a line and without its end */
	struct err	 why;		/* the first failure: who asked is answered all the same */
};

/* What was done.  Of the patient only pseudonyms are written, and no ratio. */
struct deed {
	const char	*command;
	const char	*patient;	/* the clinic's number, or NULL */
	struct span	 card;		/* its certificate; of no bytes: none */
	const char	*outcome;	/* a verdict, a status, or the code of an error */
	const char	*path;		/* how it was decided, or NULL */
	bool		 provisional;
	const char	*edition;	/* of the rules, or NULL */
	const char	*purged_before;	/* of a purge: audit_purge(); NULL */
};

/*
 * Looks where the log is and who sits there; operator_id NULL: the account.
 * Before the process is confined: it opens a socket to syslog and asks for the
 * clock.  What is done later: openat, flock, getdents64, lseek, pread64,
 * ftruncate, fdatasync, fsync, renameat, send on that socket.
 */
void	logbook_open(struct logbook *l, const struct records_options *o,
	    const char *operator_id);
void	logbook_close(struct logbook *l);

/* Gathers one more; s gives the pseudonyms, NULL: none are written. */
void	logbook_add(struct logbook *l, const struct store *s, const struct deed *d);

/*
 * Writes what was gathered, with the head that s (or NULL) has now: 1 it stands
 * there, 0 there is no log, -1 with l->why.
 */
int	logbook_write(struct logbook *l, struct store *s);

/* The exit status for what could not be recorded, of log or store: 40, 41, 77.  Says why. */
int	unrecorded(const struct err *why);

/*
 * All of it for a command that does one thing: 0, or the exit status of
 * unrecorded().
 */
int	logbook_note(const struct records_options *o, struct store *s, const struct deed *d);

/* A head as people note it and --head takes it: "120-5af0...". */
#define HEAD_TEXT_LEN	(20 + 1 + 2 * DIGEST_LEN)
void	head_text(const struct audit_head *h, char out[static HEAD_TEXT_LEN + 1]);
int	head_parse(const char *text, struct audit_head *out);

/* Sends it to syslog. */
void	logbook_anchor(const struct logbook *l, const struct audit_head *h);

/* The pseudonym of a patient's number, or of a card's certificate. */
#define PSEUDONYM_HEX	(2 * SEAL_HASH_LEN)
void	pseudonym(const struct store *s, struct span of, char out[static PSEUDONYM_HEX + 1]);

#endif
