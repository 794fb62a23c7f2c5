#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "json/json.h"
#include "softcard/card.h"

#define FIXTURE_MAX	65536	/* bytes */

/* A fixture being read: the card it becomes, and where its files are. */
struct fixture {
	struct softcard	*sc;
	const char	*path;
};

int
fixture_object(const struct json *v, const char *where, const char *const *keys, struct err *e)
{
	if (js_type(v) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "%s: not an object", where);
	return js_only(v, where, keys, e);
}

/* name beside the fixture, as a malloced path. */
static char *
beside(const struct fixture *f, const char *name, struct err *e)
{
	const char *slash = strrchr(f->path, '/');
	struct buf b = BUF_INIT;

	if (name[0] != '/' && slash != NULL)
		buf_add(&b, f->path, (size_t)(slash + 1 - f->path));
	buf_adds(&b, name);
	if (b.failed)
		err_set(e, ERR_NOMEM, "out of memory");
	return b.p;
}

/* A string that may be missing (NULL), but not be something else. */
static int
optional(const struct json *o, const char *key, const char **out, struct err *e)
{
	*out = js_str(o, key);
	if (*out == NULL && js_get(o, key) != NULL)
		return err_set(e, ERR_MALFORMED, "%s: not a string", key);
	return 0;
}

static int
load_certificate(const struct fixture *f, const struct json *o, const char *key,
    unsigned fid, struct err *e)
{
	struct buf *ef = &card_ef(f->sc, AP_JPKI, fid)->data;
	const char *name;
	char *path;
	int rc = 0;

	if (optional(o, key, &name, e) < 0)
		return -1;
	if (name != NULL) {
		if ((path = beside(f, name, e)) == NULL)
			return -1;
		rc = crypto_certificate_load(path, ef, e);
		free(path);
	}
	file_pad(ef);
	return rc;
}

static int
load_key(const struct fixture *f, const struct json *o, unsigned fid, struct err *e)
{
	struct ef *ef = card_ef(f->sc, AP_JPKI, fid);
	const char *name;
	char *path;

	if (optional(o, "key", &name, e) < 0)
		return -1;
	if (name == NULL)
		return 0;
	if ((path = beside(f, name, e)) == NULL)
		return -1;
	ef->key = crypto_key_load(path, e);
	free(path);
	return ef->key != NULL ? 0 : -1;
}

static int
read_pair(const struct fixture *f, const struct json *doc, const char *which,
    const unsigned fid[3], struct err *e)
{
	static const char *const keys[] = { "certificate", "key", "ca", NULL };
	const struct json *o = js_get(doc, which);

	if (o != NULL && fixture_object(o, which, keys, e) < 0)
		return -1;
	if (load_certificate(f, o, "certificate", fid[0], e) < 0 ||
	    load_key(f, o, fid[1], e) < 0 ||
	    load_certificate(f, o, "ca", fid[2], e) < 0)
		return err_prefix(e, "%s", which);
	return 0;
}

static int
read_certificates(const struct fixture *f, const struct json *doc, struct err *e)
{
	static const unsigned auth[] = { 0x000a, 0x0017, 0x000b };
	static const unsigned sign[] = { 0x0001, 0x001a, 0x0002 };
	const bool has_auth = js_str(js_get(doc, "auth"), "certificate") != NULL;
	const bool has_sign = js_str(js_get(doc, "sign"), "certificate") != NULL;

	file_availability(&card_ef(f->sc, AP_JPKI, 0x0008)->data, has_sign, has_auth);
	if (read_pair(f, doc, "auth", auth, e) < 0)
		return -1;
	return read_pair(f, doc, "sign", sign, e);
}

static bool
pin_well_formed(enum pin_id id, const char *s)
{
	const size_t n = strlen(s);

	if (id == PIN_SIGN)
		return n >= 6 && n <= 16 &&
		    strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
	return n == 4 && strspn(s, "0123456789") == n;
}

/* A PIN left out was never set: no tries, no value. */
static int
read_pin(struct softcard *sc, enum pin_id id, const char *name, const struct json *o,
    struct err *e)
{
	static const char *const keys[] = { "value", "tries_left", NULL };
	struct pin *p = &sc->pin[id];
	const char *value;
	long long tries;

	if (o == NULL)
		return 0;
	if (fixture_object(o, name, keys, e) < 0)
		return -1;
	if ((value = js_str(o, "value")) == NULL || !pin_well_formed(id, value))
		return err_set(e, ERR_MALFORMED, "pin %s: value missing or malformed", name);
	if (!js_int(o, "tries_left", &tries) || tries < 0 || tries > p->tries_max)
		return err_set(e, ERR_MALFORMED, "pin %s: tries_left is 0 to %d", name,
		    p->tries_max);
	p->n = strlen(value);
	memcpy(p->value, value, p->n);
	p->tries = (int)tries;
	return 0;
}

static int
read_pins(struct softcard *sc, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "auth", "sign", "text", NULL };

	if (o != NULL && fixture_object(o, "pin", keys, e) < 0)
		return -1;
	for (int i = 0; i < PIN_COUNT; i++)
		if (read_pin(sc, (enum pin_id)i, keys[i], js_get(o, keys[i]), e) < 0)
			return -1;
	return 0;
}

static int
read_holder(struct softcard *sc, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "name", "address", "birthdate", "sex", NULL };
	struct buf *ef = &card_ef(sc, AP_TEXT, 0x0002)->data;
	char birth[9] = "";
	struct holder h;
	const char *iso;

	if (o != NULL) {
		if (fixture_object(o, "holder", keys, e) < 0)
			return -1;
		h.name = js_str(o, "name");
		h.address = js_str(o, "address");
		h.sex = js_str(o, "sex");
		iso = js_str(o, "birthdate");
		if (h.name == NULL || h.address == NULL || h.sex == NULL || iso == NULL)
			return err_set(e, ERR_MALFORMED, "holder: something is missing");
		if (strlen(h.name) + strlen(h.address) > 4000 || strlen(h.sex) != 1 ||
		    date_parse_iso(iso, strlen(iso)) == DATE_NONE)
			return err_set(e, ERR_MALFORMED, "holder: malformed");
		snprintf(birth, sizeof(birth), "%.4s%.2s%.2s", iso, iso + 5, iso + 8);
		h.birthdate = birth;
		file_basic_four(ef, &h, sc->faults.non_minimal);
	}
	file_pad(ef);
	return 0;
}

static int
read_token(struct softcard *sc, const struct json *doc, struct err *e)
{
	const char *label;

	if (optional(doc, "token", &label, e) < 0)
		return -1;
	if (label == NULL)
		label = sc->faults.phone ? "JPKIAPGPSETOKEN" : "JPKIAPICCTOKEN2";
	if (strlen(label) > 32)
		return err_set(e, ERR_MALFORMED, "token: longer than 32 bytes");
	file_token(&card_ef(sc, AP_JPKI, 0x0006)->data, label);
	return 0;
}

static int
read_atr(struct softcard *sc, const struct json *doc, struct err *e)
{
	const char *hex;
	size_t n;

	if (optional(doc, "atr", &hex, e) < 0)
		return -1;
	if (hex == NULL)
		return 0;
	n = strlen(hex) / 2;
	if (n < 1 || n > sizeof(sc->atr) || strlen(hex) % 2 != 0 ||
	    hex_decode(hex, sc->atr, n) < 0)
		return err_set(e, ERR_MALFORMED, "atr: not 1 to 33 bytes in hexadecimal");
	sc->atr_len = n;
	return 0;
}

/* What the faults change in the card itself. */
static void
apply_faults(struct softcard *sc)
{
	if (sc->faults.blocked)
		sc->pin[PIN_AUTH].tries = 0;
	if (sc->faults.phone)
		card_ef(sc, AP_JPKI, 0x000a)->pin = PIN_AUTH;
}

static int
read_document(const struct fixture *f, const struct json *doc, struct err *e)
{
	static const char *const keys[] = {
		"description", "holder", "pin", "auth", "sign", "token", "atr",
		"faults", "alter", "timing", NULL
	};
	struct softcard *sc = f->sc;
	const char *description;

	if (fixture_object(doc, "card", keys, e) < 0 ||
	    optional(doc, "description", &description, e) < 0 ||
	    fixture_faults(sc, js_get(doc, "faults"), e) < 0 ||
	    fixture_alter(sc, js_get(doc, "alter"), e) < 0 ||
	    fixture_timing(sc, js_get(doc, "timing"), e) < 0 ||
	    read_pins(sc, js_get(doc, "pin"), e) < 0 ||
	    read_token(sc, doc, e) < 0 ||
	    read_atr(sc, doc, e) < 0 ||
	    read_certificates(f, doc, e) < 0 ||
	    read_holder(sc, js_get(doc, "holder"), e) < 0)
		return -1;
	apply_faults(sc);
	return 0;
}

static int
check_memory(const struct softcard *sc, struct err *e)
{
	for (size_t i = 0; i < EF_COUNT; i++)
		if (sc->ef[i].data.failed)
			return err_set(e, ERR_NOMEM, "out of memory");
	return 0;
}

int
fixture_read(struct softcard *sc, const char *path, struct err *e)
{
	const struct fixture f = { sc, path };
	struct json *doc;
	int rc;

	if ((doc = js_parse_file(path, FIXTURE_MAX, e)) == NULL)
		return -1;
	rc = read_document(&f, doc, e);
	if (rc < 0)
		err_prefix(e, "%s", path);
	else
		rc = check_memory(sc, e);
	js_free(doc);
	return rc;
}
