#include <string.h>

#include "store/store_impl.h"

#define AD_NAME		"shikaku-store-1 entry"
#define STONE_NAME	"shikaku-store-1 purged"
#define AD_LEN		(sizeof(AD_NAME) + 4 * 8 + SEAL_HASH_LEN)

static uint8_t *
put(uint8_t *p, long long v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		*p++ = (uint8_t)((unsigned long long)v >> shift);
	return p;
}

/* What an entry's content is bound to. */
static void
make_ad(const struct stored *row, uint8_t ad[static AD_LEN])
{
	uint8_t *p = ad;

	memcpy(p, AD_NAME, sizeof(AD_NAME));
	p = put(p + sizeof(AD_NAME), row->seq);
	p = put(put(put(p, row->kind), row->at), row->ref);
	memcpy(p, row->patient, SEAL_HASH_LEN);
}

void
store_patient(const struct store_keys *k, const char *patient,
    uint8_t out[static SEAL_HASH_LEN])
{
	seal_hash(store_key(k, KEY_PATIENTS),
	    (struct span){ (const uint8_t *)patient, strlen(patient) }, out);
}

int
stored_read(struct db_row *r, struct stored *out, struct err *e)
{
	const struct span patient = db_bytes(r, 4), link = db_bytes(r, 6);

	*out = (struct stored){ .seq = db_int(r, 0), .kind = (int)db_int(r, 1), .at = db_int(r, 2),
		.ref = db_int(r, 3), .sealed = db_bytes(r, 5) };
	if (patient.n != SEAL_HASH_LEN || link.n != SEAL_HASH_LEN || out->kind < 1 ||
	    out->kind >= STORE_KIND_MAX)
		return err_set(e, ERR_INTEGRITY, "store: entry %lld is damaged", out->seq);
	memcpy(out->patient, patient.p, SEAL_HASH_LEN);
	memcpy(out->link, link.p, SEAL_HASH_LEN);
	return 0;
}

int
stored_seal(const struct store_keys *k, struct stored *row, const char *patient, struct span text,
    struct buf *out, struct err *e)
{
	struct buf plain = BUF_INIT;
	uint8_t ad[AD_LEN];

	buf_add(&plain, patient, strlen(patient) + 1);
	buf_add(&plain, text.p, text.n);
	make_ad(row, ad);
	if (!plain.failed)
		seal_add(out, store_key(k, KEY_ROWS), (struct span){ ad, sizeof(ad) },
		    (struct span){ (const uint8_t *)plain.p, plain.n });
	buf_free(&plain);
	row->sealed = (struct span){ (const uint8_t *)out->p, out->n };
	return out->n > 0 ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

int
stored_open(const struct store_keys *k, const struct stored *row, struct buf *text,
    struct store_entry *out, struct err *e)
{
	uint8_t ad[AD_LEN];
	const char *end;

	make_ad(row, ad);
	buf_reset(text);
	if (seal_open(text, store_key(k, KEY_ROWS), (struct span){ ad, sizeof(ad) },
	    row->sealed) < 0)
		return text->failed ? err_set(e, ERR_NOMEM, "out of memory") :
		    err_set(e, ERR_INTEGRITY, "store: entry %lld is not what was stored", row->seq);
	if ((end = memchr(text->p, '\0', text->n)) == NULL)
		return err_set(e, ERR_INTEGRITY, "store: entry %lld has no patient", row->seq);
	*out = (struct store_entry){ .seq = row->seq, .kind = (enum store_kind)row->kind,
		.at = row->at, .ref = row->ref, .patient = text->p,
		.text = { (const uint8_t *)end + 1, text->n - (size_t)(end + 1 - text->p) } };
	return 0;
}

/* Of what is sealed, or was: a link outlives the content. */
void
stored_link(const struct store_keys *k, const uint8_t before[static SEAL_HASH_LEN],
    struct stored *row)
{
	uint8_t text[SEAL_HASH_LEN + AD_LEN + SEAL_HASH_LEN];

	memcpy(text, before, SEAL_HASH_LEN);
	make_ad(row, text + SEAL_HASH_LEN);
	seal_hash(store_key(k, KEY_LINKS), row->sealed, text + SEAL_HASH_LEN + AD_LEN);
	seal_hash(store_key(k, KEY_LINKS), (struct span){ text, sizeof(text) }, row->link);
}

void
stored_stone(const struct store_keys *k, const struct stored *row,
    uint8_t out[static SEAL_HASH_LEN])
{
	uint8_t text[sizeof(STONE_NAME) + 8 + SEAL_HASH_LEN];

	memcpy(text, STONE_NAME, sizeof(STONE_NAME));
	put(text + sizeof(STONE_NAME), row->seq);
	memcpy(text + sizeof(STONE_NAME) + 8, row->link, SEAL_HASH_LEN);
	seal_hash(store_key(k, KEY_LINKS), (struct span){ text, sizeof(text) }, out);
}

bool
stored_is_purged(const struct stored *row)
{
	return row->sealed.n == SEAL_HASH_LEN;
}
