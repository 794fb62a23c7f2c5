#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "cli/opt.h"
#include "store/store.h"

/*
 * The clinic's store, as the options have it.  Where none was made
 * (`store init`) there is none, and nothing is recorded.
 */
struct records_options {
	const char	*store, *key;
	int		 passphrase_fd;	/* -1: none */
};

#define RECORDS_OPTIONS_INIT { .passphrase_fd = -1 }

#define RECORDS_OPTIONS(o)								\
	{ OPT_STRING, "store", "FILE", &(o)->store, T("記録のファイル", "the clinic's records") },	\
	{ OPT_STRING, "store-key", "FILE", &(o)->key, T("その鍵のファイル", "the file with their key") },	\
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

/* One line without its end, of at most 1024 bytes; of 13 or more where strict.  ERR_PERMISSION. */
int	records_passphrase(int fd, bool strict, struct secret *out, struct err *e);

/* The key of p->key, as key_read(). */
int	records_key(const struct records_options *o, const struct records_paths *p,
	    struct secret *master, struct err *e);

/*
 * *out is NULL when there is no store (yet); -1 as store_open().
 * A rekey that was cut short is ended.
 */
int	records_open(const struct records_options *o, struct store **out, struct err *e);

#endif
