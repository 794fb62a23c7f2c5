#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit_impl.h"

/* A walk through the log, from its first line on. */
struct walk {
	const char		*folder;
	const struct audit_head	*known;
	const struct audit_reader *reader;
	struct audit_state	 state;
	uint8_t			 key[SIGN_PUBLIC_LEN];	/* of the epoch */
	bool			 begun, passed;		/* passed: known */
	char			 emptied[SEGMENT_LEN + 1];	/* the last one with a purged record */
	char			 told[AUDIT_MONTH_LEN + 1];	/* up to where the log says so */
	const char		*segment;
	long			 line;
};

static int
wrong(const struct walk *w, const char *what, struct err *e)
{
	return err_set(e, ERR_INTEGRITY, "audit log: %s:%ld: %s", w->segment, w->line, what);
}

static int
take_begin(struct walk *w, const struct json *o, const char *first, struct err *e)
{
	const char *key = js_str(o, "key"), *format = js_str(o, "begin");

	if (format == NULL || strcmp(format, FORMAT) != 0 || key == NULL ||
	    hex_decode(key, w->key, sizeof(w->key)) < 0)
		return wrong(w, "no beginning", e);
	if (first != NULL && strcmp(first, key) != 0)
		return wrong(w, "begun with another key than the one noted", e);
	snprintf(w->state.first, sizeof(w->state.first), "%s", key);
	w->begun = true;
	return 0;
}

static int
take_seal(struct walk *w, const struct json *o, const char before[static CHAIN_HEX],
    struct err *e)
{
	const char *next = js_str(o, "next"), *sign = js_str(o, "sign");
	uint8_t sig[SIGN_LEN], key[SIGN_PUBLIC_LEN];
	struct buf text = BUF_INIT;
	long long number, seq;
	bool good;

	if (!js_int(o, "seal", &number) || number != w->state.seals + 1 ||
	    !js_int(o, "seq", &seq) || seq != w->state.head.records || next == NULL || sign == NULL ||
	    hex_decode(next, key, sizeof(key)) < 0 || hex_decode(sign, sig, sizeof(sig)) < 0)
		return wrong(w, "a seal that does not belong here", e);
	seal_text(before, next, number, &text);
	good = !text.failed &&
	    sign_good(w->key, (struct span){ (const uint8_t *)text.p, text.n }, sig);
	buf_free(&text);
	if (!good)
		return wrong(w, "a seal that was not made by its epoch's key", e);
	memcpy(w->key, key, sizeof(key));
	w->state.seals++;
	w->state.sealed = w->state.head.records;
	return 0;
}

/* Only what was old enough then may be gone. */
static void
take_purge(struct walk *w, const struct json *o, const char *month)
{
	char may[AUDIT_MONTH_LEN + 1];
	long long at;

	if (!js_int(o, "at", &at))
		return;
	audit_purge_month(at, may);
	if (strlen(month) == AUDIT_MONTH_LEN && strcmp(month, may) <= 0 && strcmp(month, w->told) > 0)
		memcpy(w->told, month, sizeof(w->told));
}

static int
take_record(struct walk *w, const struct json *o, struct err *e)
{
	const char *month = js_str(js_get(o, "record"), "log_purged_before");
	long long seq;

	if (!js_int(o, "seq", &seq) || seq != w->state.head.records + 1 || !js_has(o, "record"))
		return wrong(w, "a record that does not follow the one before", e);
	w->state.head.records++;
	if (month != NULL)
		take_purge(w, o, month);
	return w->reader != NULL && w->reader->each != NULL ?
	    w->reader->each(w->reader->ctx, o, e) : 0;
}

static int
take_json(struct walk *w, struct span json, const char before[static CHAIN_HEX],
    const char *first, struct err *e)
{
	struct err why = ERR_INIT;
	struct json *o = js_parse((const char *)json.p, json.n, &why);
	int rc;

	if (o == NULL)
		return wrong(w, why.msg, e);
	if (!w->begun)
		rc = take_begin(w, o, first, e);
	else
		rc = js_has(o, "seal") ? take_seal(w, o, before, e) : take_record(w, o, e);
	js_free(o);
	return rc;
}

static int
take_purged(struct walk *w, struct err *e)
{
	if (!w->begun)
		return wrong(w, "no beginning", e);
	w->state.head.records++;
	w->state.purged++;
	memcpy(w->emptied, w->segment, sizeof(w->emptied));
	return 0;
}

/* In small letters only: a line has one form. */
static int
read_digest(const char *digits, uint8_t out[static DIGEST_LEN])
{
	char text[2 * DIGEST_LEN + 1], again[2 * DIGEST_LEN + 1];

	memcpy(text, digits, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	if (hex_decode(text, out, DIGEST_LEN) < 0)
		return -1;
	hex_encode(out, DIGEST_LEN, again);
	return strcmp(text, again) == 0 ? 0 : -1;
}

static int
take_line(struct walk *w, const char *line, size_t n, const char *first, struct err *e)
{
	const struct span json = { (const uint8_t *)line + CHAIN_HEX + 1, n - CHAIN_HEX - 1 };
	const bool purged = n == PURGED_LEN && line[CHAIN_HEX + 1] == '#';
	char before[CHAIN_HEX + 1], chain[CHAIN_HEX + 1];
	uint8_t digest[DIGEST_LEN];

	memcpy(before, w->state.head.chain, sizeof(before));
	if (n < CHAIN_HEX + 2 || line[CHAIN_HEX] != ' ' || (purged &&
	    read_digest(line + CHAIN_HEX + 2, digest) < 0))
		return wrong(w, "not a line of the log", e);
	if (!purged)
		seal_digest(json, digest);
	line_chain(before, digest, chain);
	if (memcmp(chain, line, CHAIN_HEX) != 0)
		return wrong(w, "changed, or not what followed the line before", e);
	if ((purged ? take_purged(w, e) : take_json(w, json, before, first, e)) < 0)
		return -1;
	memcpy(w->state.head.chain, chain, sizeof(chain));
	w->passed = w->passed || (w->known != NULL &&
	    w->known->records == w->state.head.records && strcmp(w->known->chain, chain) == 0);
	return 0;
}

static int
read_segment(struct walk *w, const char *first, bool last, struct err *e)
{
	char *path, *line = NULL;
	size_t cap = 0;
	ssize_t n;
	FILE *f;
	int rc = 0;

	if (asprintf(&path, "%s/%s", w->folder, w->segment) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	f = fopen(path, "re");
	free(path);
	if (f == NULL)
		return err_set(e, ERR_DISK, "audit log: %s: %s", w->segment, strerror(errno));
	for (w->line = 1; rc == 0 && (n = getline(&line, &cap, f)) > 0; w->line++) {
		if (line[n - 1] == '\n')
			rc = take_line(w, line, (size_t)n - 1, first, e);
		else if (!last)	/* at the very end a crash may leave half a line, of which nobody was told */
			rc = wrong(w, "a line without its end", e);
	}
	if (rc == 0 && ferror(f))
		rc = err_set(e, ERR_DISK, "audit log: %s: %s", w->segment, strerror(errno));
	free(line);
	fclose(f);
	return rc;
}

/* What only the whole of it can tell. */
static int
look_back(const struct walk *w, struct err *e)
{
	if (!w->begun)
		return err_set(e, ERR_INTEGRITY, "audit log: no beginning");
	if (w->state.purged > 0 &&
	    strncmp(w->emptied + SEGMENT_MONTH, w->told, AUDIT_MONTH_LEN) >= 0)
		return err_set(e, ERR_INTEGRITY,
		    "audit log: %s: emptied, and no purge that may have done it is on record",
		    w->emptied);
	if (w->known != NULL && !w->passed)
		return err_set(e, ERR_INTEGRITY,
		    "audit log: the place that was noted is not in it: cut off, or made anew");
	return 0;
}

int
audit_verify(const char *folder, const char *first, const struct audit_head *known,
    const struct audit_reader *reader, struct audit_state *out, struct err *e)
{
	struct walk w = { .folder = folder, .known = known, .reader = reader, .segment = "" };
	char (*all)[SEGMENT_LEN + 1];
	size_t n;
	int rc = 0;

	memset(w.state.head.chain, '0', CHAIN_HEX);
	if (segments(folder, &all, &n, e) < 0)
		return -1;
	if (n == 0)
		rc = err_set(e, ERR_INTEGRITY, "audit log: %s: no log", folder);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		w.segment = all[i];
		rc = read_segment(&w, first, i + 1 == n, e);
	}
	if (rc == 0)
		rc = look_back(&w, e);
	free(all);
	*out = w.state;
	return rc;
}
