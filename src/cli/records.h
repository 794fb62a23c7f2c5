#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "cli/opt.h"
#include "store/store.h"

/*
 * The clinic's store and audit log, as the options have it.  Where none was
 * made (`store init`, `audit init`) there is none, and nothing is recorded.
 */
struct records_options {
	const char	*store, *key, *audit;
	int		 passphrase_fd;	/* -1: none */
};

#define RECORDS_OPTIONS_INIT { .passphrase_fd = -1 }

#define RECORDS_OPTION_COUNT	4
#define RECORDS_OPTIONS(o)								\
	{ OPT_STRING, "store", "FILE", &(o)->store, T("記録のファイル", "the clinic's records") },	\
	{ OPT_STRING, "store-key", "FILE", &(o)->key, T("その鍵のファイル", "the file with their key") },	\
	{ OPT_STRING, "audit-log", "DIR", &(o)->audit, T("監査ログのフォルダー", "the folder of the audit log") },	\
	{ OPT_INT, "passphrase-fd", "N", &(o)->passphrase_fd, T("鍵の合言葉を読む記述子", "descriptor to read the key's passphrase from") }

/*
 * Where the two files are: as given, else store.db under $XDG_DATA_HOME/shikaku
 * (~/.local/share/shikaku) and store.key under $XDG_CONFIG_HOME/shikaku
 * (~/.config/shikaku).  Malloced; ERR_CONFIG without a home.
 */
struct records_paths {
	char	*store, *key;
};
int	records_paths(const struct records_options *o, struct records_paths *out, struct err *e);
void	records_paths_free(struct records_paths *p);

/* The log's folder: as given, else audit under $XDG_STATE_HOME/shikaku (~/.local/state/shikaku). */
int	records_audit(const struct records_options *o, char **out, struct err *e);

/* The folder that path is to be in, and those above it. */
int	records_make_folders(const char *path, struct err *e);

/* One line without its end, of at most 1024 bytes; of 13 or more where strict.  ERR_PERMISSION. */
int	records_passphrase(int fd, bool strict, struct secret *out, struct err *e);

/* The key of that file, as key_read(). */
int	records_key(const struct records_options *o, const char *path, struct secret *master,
	    struct err *e);

/* How a new key file is called until the store is sealed under it and the log says so. */
#define RECORDS_BESIDE	".new"

/* *out is NULL when there is no store (yet); -1 as store_open().  KEY.new is as good as KEY. */
int	records_open(const struct records_options *o, struct store **out, struct err *e);

/* Nobody else makes a key or puts one in KEY's place until the descriptor is closed; -1. */
int	records_lock(const struct records_paths *p, struct err *e);

/*
 * KEY.new, which opens s, takes KEY's place: the log first says what made it
 * (command), and where it can not, KEY.new stays.  Under records_lock().
 */
int	records_take_key(const struct records_options *o, const struct records_paths *p,
	    const char *command, struct store *s, struct err *e);

/*
 * As records_open(), for who holds records_lock() and is not confined: an init
 * or a rekey that was cut short is ended.
 */
int	records_open_locked(const struct records_options *o, struct store **out, struct err *e);

#endif
