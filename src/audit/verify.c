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
	struct audit_head	 head;
	uint8_t			 key[SIGN_PUBLIC_LEN];	/* of the epoch */
	bool			 begun, passed;		/* passed: known */
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

	if (!js_int(o, "seal", &number) || number != w->head.seals + 1 ||
	    !js_int(o, "seq", &seq) || seq != w->head.records || next == NULL || sign == NULL ||
	    hex_decode(next, key, sizeof(key)) < 0 || hex_decode(sign, sig, sizeof(sig)) < 0)
		return wrong(w, "a seal that does not belong here", e);
	seal_text(before, next, number, &text);
	good = !text.failed &&
	    sign_good(w->key, (struct span){ (const uint8_t *)text.p, text.n }, sig);
	buf_free(&text);
	if (!good)
		return wrong(w, "a seal that was not made by its epoch's key", e);
	memcpy(w->key, key, sizeof(key));
	w->head.seals++;
	return 0;
}

static int
take_record(struct walk *w, const struct json *o, struct span json, struct err *e)
{
	long long seq;

	if (!js_int(o, "seq", &seq) || seq != w->head.records + 1 || !js_has(o, "record"))
		return wrong(w, "a record that does not follow the one before", e);
	w->head.records++;
	return w->reader != NULL && w->reader->each != NULL ?
	    w->reader->each(w->reader->ctx, json, e) : 0;
}

static int
take_line(struct walk *w, const char *line, size_t n, const char *first, struct err *e)
{
	const struct span json = { (const uint8_t *)line + CHAIN_HEX + 1, n - CHAIN_HEX - 1 };
	char before[CHAIN_HEX + 1], chain[CHAIN_HEX + 1];
	struct err why = ERR_INIT;
	struct json *o;
	int rc;

	memcpy(before, w->head.chain, sizeof(before));
	if (n < CHAIN_HEX + 2 || line[CHAIN_HEX] != ' ')
		return wrong(w, "not a line of the log", e);
	line_chain(before, json, chain);
	if (memcmp(chain, line, CHAIN_HEX) != 0)
		return wrong(w, "changed, or not what followed the line before", e);
	if ((o = js_parse((const char *)json.p, json.n, &why)) == NULL)
		return wrong(w, why.msg, e);
	if (!w->begun)
		rc = take_begin(w, o, first, e);
	else
		rc = js_has(o, "seal") ? take_seal(w, o, before, e) : take_record(w, o, json, e);
	js_free(o);
	memcpy(w->head.chain, chain, sizeof(chain));
	if (w->known != NULL && w->known->records == w->head.records &&
	    strcmp(w->known->chain, chain) == 0)
		w->passed = true;
	return rc;
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

int
audit_verify(const char *folder, const char *first, const struct audit_head *known,
    const struct audit_reader *reader, struct audit_head *out, struct err *e)
{
	struct walk w = { .folder = folder, .known = known, .reader = reader, .segment = "" };
	char (*all)[SEGMENT_LEN + 1];
	size_t n;
	int rc = 0;

	memset(w.head.chain, '0', CHAIN_HEX);
	if (segments(folder, &all, &n, e) < 0)
		return -1;
	if (n == 0)
		rc = err_set(e, ERR_INTEGRITY, "audit log: %s: no log", folder);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		w.segment = all[i];
		rc = read_segment(&w, first, i + 1 == n, e);
	}
	if (rc == 0 && known != NULL && !w.passed)
		rc = err_set(e, ERR_INTEGRITY,
		    "audit log: the place that was noted is not in it: cut off, or made anew");
	free(all);
	*out = w.head;
	return rc;
}
