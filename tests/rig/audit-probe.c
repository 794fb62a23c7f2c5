/*
 * The audit log from inside, for tests/audit/run and tests/cli/audit.bats:
 *	init DIR			prints the first public key
 *	append DIR N TAG		one by one, each told on standard output once it is durable
 *	fill DIR N			many at a time
 *	days DIR N			one on each day of January 2026: a seal between any two
 *	verify DIR KEY			how long it takes
 *	bytes DIR KEY FROM STEP		every STEP-th wrong value of a byte, from the FROM-th on
 *	cuts DIR KEY			every shorter log, with the head that was noted and without
 *	rewrite DIR LINE		an attack: that line says "nobody", and all behind it is made to
 *					fit by whoever has this machine now, its present key and all
 * DIR of bytes and cuts has one file.  Figures are told on the last line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit/audit_impl.h"

#define GROUP	1000
#define JANUARY	1767193200LL	/* 2026-01-01 00:00 in Japan */

static struct err why = ERR_INIT;

static int
die(const char *what)
{
	fprintf(stderr, "audit-probe: %s: %s\n", what, why.msg);
	return 1;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* As a check at a desk writes them. */
static void
make_record(struct buf *b, const char *tag, long i)
{
	buf_addf(b, "{\"utc\":\"2026-11-23T04:21:00Z\",\"jst\":\"2026-11-23T13:21:00+09:00\","
	    "\"clock\":\"synchronised\",\"uptime\":47903,\"operator\":\"%s-%ld\",\"account\":\"reception\","
	    "\"terminal\":\"desk1:/dev/pts/0\",\"command\":\"check\","
	    "\"patient\":\"00112233445566778899aabbccddeeff\",\"card\":\"00112233445566778899aabbccddeeff\","
	    "\"outcome\":\"insured\",\"path\":\"online_card\",\"provisional\":false,"
	    "\"edition\":\"2026-11-22.2\",\"store\":null}", tag, i);
}

static int
init(const char *dir)
{
	char first[AUDIT_KEY_HEX];

	if (audit_init(dir, JANUARY, first, &why) < 0)
		return die(dir);
	puts(first);
	return 0;
}

static int
append(const char *dir, long n, const char *tag)
{
	const double began = seconds();
	struct buf b = BUF_INIT;
	struct audit_head head;
	char told[64];

	for (long i = 0; i < n; i++) {
		buf_reset(&b);
		make_record(&b, tag, i);
		if (audit_add(dir, &(struct span){ (const uint8_t *)b.p, b.n }, 1,
		    (long long)time(NULL), NULL, &head, &why) < 0)
			return die(dir);
		snprintf(told, sizeof(told), "%s-%ld\n", tag, i);
		if (write(STDOUT_FILENO, told, strlen(told)) < 0)
			return die("standard output");
	}
	buf_free(&b);
	fprintf(stderr, "%.0f records a second\n", (double)n / (seconds() - began));
	return 0;
}

static int
fill(const char *dir, long n)
{
	struct span record[GROUP];
	struct buf b = BUF_INIT;
	struct audit_head head;

	make_record(&b, "fill", n);
	for (int i = 0; i < GROUP; i++)
		record[i] = (struct span){ (const uint8_t *)b.p, b.n };
	for (long i = 0; i < n; i += GROUP)
		if (audit_add(dir, record, (size_t)(n - i < GROUP ? n - i : GROUP),
		    (long long)time(NULL), NULL, &head, &why) < 0)
			return die(dir);
	buf_free(&b);
	return 0;
}

static int
days(const char *dir, long n)
{
	struct buf b = BUF_INIT;
	struct audit_head head;

	for (long i = 0; i < n; i++) {
		buf_reset(&b);
		make_record(&b, "clerk", i);
		if (audit_add(dir, &(struct span){ (const uint8_t *)b.p, b.n }, 1,
		    JANUARY + i * 86400, NULL, &head, &why) < 0)
			return die(dir);
	}
	buf_free(&b);
	return 0;
}

static int
verify(const char *dir, const char *key)
{
	const double began = seconds();
	struct audit_state s;

	if (audit_verify(dir, key, NULL, NULL, &s, &why) < 0)
		return die(dir);
	printf("%lld records, %lld seals in %.2f s (%.2f s of the processor)\n", s.head.records,
	    s.seals, seconds() - began, (double)clock() / CLOCKS_PER_SEC);
	return 0;
}

/* The one file of a log, and what it holds. */
static int
load(const char *dir, char *path, size_t cap, struct buf *text)
{
	char (*all)[SEGMENT_LEN + 1], part[4096];
	size_t files, n;
	FILE *f;

	if (segments(dir, &all, &files, &why) < 0 || files == 0)
		return -1;
	snprintf(path, cap, "%s/%s", dir, all[files - 1]);
	free(all);
	if (files != 1 || (f = fopen(path, "r")) == NULL)
		return -1;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(text, part, n);
	fclose(f);
	return 0;
}

static bool
passes(const char *dir, const char *key, const struct audit_head *known)
{
	struct err ignored = ERR_INIT;
	struct audit_state s;

	return audit_verify(dir, key, known, NULL, &s, &ignored) == 0;
}

static int
bytes(const char *dir, const char *key, long from, long step)
{
	struct buf text = BUF_INIT;
	struct audit_state s;
	char path[512];
	long tried = 0, missed = 0;
	FILE *f;

	if (load(dir, path, sizeof(path), &text) < 0 ||
	    audit_verify(dir, key, NULL, NULL, &s, &why) < 0 || (f = fopen(path, "r+")) == NULL)
		return die(dir);
	for (long k = from; k < (long)text.n * 255; k += step, tried++) {
		const long at = k / 255;
		const char wrong = (char)(text.p[at] ^ (k % 255 + 1));

		if (pwrite(fileno(f), &wrong, 1, at) != 1)
			return die(path);
		if (passes(dir, key, &s.head)) {
			printf("byte %ld: 0x%02x for 0x%02x\n", at, (uint8_t)wrong, (uint8_t)text.p[at]);
			missed++;
		}
		if (pwrite(fileno(f), &text.p[at], 1, at) != 1)
			return die(path);
	}
	fclose(f);
	printf("%ld of %ld wrong values not noticed, in %zu bytes\n", missed, tried, text.n);
	buf_free(&text);
	return missed > 0 || !passes(dir, key, &s.head);
}

static int
cuts(const char *dir, const char *key)
{
	struct buf text = BUF_INIT;
	struct audit_state s;
	char path[512];
	long missed = 0, alone = 0;

	if (load(dir, path, sizeof(path), &text) < 0 ||
	    audit_verify(dir, key, NULL, NULL, &s, &why) < 0)
		return die(dir);
	for (size_t n = text.n; n-- > 0;) {
		if (truncate(path, (off_t)n) < 0)
			return die(path);
		missed += passes(dir, key, &s.head);
		alone += passes(dir, key, NULL);
	}
	printf("%ld of %zu shorter logs not noticed with the head that was noted, %ld without\n",
	    missed, text.n, alone);
	buf_free(&text);
	return missed > 0 || alone == 0;
}

/* The present secret key of the log. */
static int
steal_key(const char *dir, uint8_t secret[static SIGN_SECRET_LEN])
{
	char path[512], hex[2 * SIGN_SECRET_LEN + 1];
	FILE *f;
	int n;

	snprintf(path, sizeof(path), "%s/audit.key", dir);
	if ((f = fopen(path, "r")) == NULL)
		return -1;
	n = fscanf(f, "%*s %*s %*s %*s %128s", hex);
	fclose(f);
	return n == 1 ? hex_decode(hex, secret, SIGN_SECRET_LEN) : -1;
}

/* The JSON of a seal signed anew for another chain before it; of anything else as it is. */
static void
forge_seal(const char *json, const uint8_t *secret, const char *chain, struct buf *out)
{
	char next[AUDIT_KEY_HEX], sign[2 * SIGN_LEN + 1];
	uint8_t sig[SIGN_LEN];
	struct buf text = BUF_INIT;
	long long number, seq;

	if (sscanf(json, "{\"seal\":%lld,\"seq\":%lld,\"next\":\"%64s\"", &number, &seq, next) != 3) {
		buf_adds(out, json);
		return;
	}
	seal_text(chain, next, number, &text);
	sign_add(secret, (struct span){ (const uint8_t *)text.p, text.n }, sig);
	hex_encode(sig, SIGN_LEN, sign);
	buf_addf(out, "{\"seal\":%lld,\"seq\":%lld,\"next\":\"%s\",\"sign\":\"%s\"}", number, seq, next,
	    sign);
	buf_free(&text);
}

static int
rewrite(const char *dir, long line)
{
	struct buf text = BUF_INIT, out = BUF_INIT, json = BUF_INIT;
	char path[512], chain[CHAIN_HEX + 1], *rest, *l, *who;
	uint8_t secret[SIGN_SECRET_LEN], digest[DIGEST_LEN];
	FILE *f;

	memset(chain, '0', CHAIN_HEX);
	chain[CHAIN_HEX] = '\0';
	if (load(dir, path, sizeof(path), &text) < 0 || steal_key(dir, secret) < 0)
		return die(dir);
	rest = text.p;
	for (long i = 1; (l = strsep(&rest, "\n")) != NULL && *l != '\0'; i++) {
		buf_reset(&json);
		if (i == line && (who = strstr(l, "\"operator\":\"")) != NULL)
			memcpy(who + 12, "nobody", 6);
		if (i > line)
			forge_seal(l + CHAIN_HEX + 1, secret, chain, &json);
		else
			buf_adds(&json, l + CHAIN_HEX + 1);
		seal_digest((struct span){ (const uint8_t *)json.p, json.n }, digest);
		line_chain(chain, digest, chain);
		buf_addf(&out, "%s %s\n", chain, json.p);
	}
	if ((f = fopen(path, "w")) == NULL || buf_write(&out, fileno(f)) < 0)
		return die(path);
	fclose(f);
	buf_free(&text);
	buf_free(&out);
	buf_free(&json);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *const what = argc > 2 ? argv[1] : "", *const dir = argc > 2 ? argv[2] : "";

	if (strcmp(what, "init") == 0)
		return init(dir);
	if (strcmp(what, "append") == 0 && argc == 5)
		return append(dir, atol(argv[3]), argv[4]);
	if (strcmp(what, "fill") == 0 && argc == 4)
		return fill(dir, atol(argv[3]));
	if (strcmp(what, "days") == 0 && argc == 4)
		return days(dir, atol(argv[3]));
	if (strcmp(what, "verify") == 0 && argc == 4)
		return verify(dir, argv[3]);
	if (strcmp(what, "bytes") == 0 && argc == 6)
		return bytes(dir, argv[3], atol(argv[4]), atol(argv[5]));
	if (strcmp(what, "cuts") == 0 && argc == 4)
		return cuts(dir, argv[3]);
	if (strcmp(what, "rewrite") == 0 && argc == 4)
		return rewrite(dir, atol(argv[3]));
	fprintf(stderr, "audit-probe: usage\n");
	return 2;
}
