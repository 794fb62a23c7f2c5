#include "form/pen.h"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"

#define LEADING		1.15f

struct pen {
	cairo_surface_t	*surface;
	cairo_t		*cairo;
	FcConfig	*config;	/* of our fonts alone */
	PangoFontMap	*map;
	PangoLayout	*layout;
	bool		 rare, rare_missing;
	struct buf	 out;
};

static const struct font {
	const char	*family;
	const char	*path;		/* where Debian has it */
	const char	*package;
} gothic = { "IPAexGothic", "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "fonts-ipaexfont-gothic" },
  mincho = { "IPAexMincho", "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf",
    "fonts-ipaexfont-mincho" },
  rare = { "IPAmjMincho", "/usr/share/fonts/truetype/ipamj/ipamjm.ttf", "fonts-ipamj-mincho" };

/* Elsewhere than on Debian: where fontconfig knows it, as a string to be freed. */
static char *
sought(const struct font *font)
{
	FcConfig *all = FcInitLoadConfigAndFonts();
	FcPattern *want = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, font->family, (char *)NULL);
	FcPattern *got = NULL;
	FcChar8 *family, *file;
	FcResult result;
	char *path = NULL;

	if (all != NULL && want != NULL && FcConfigSubstitute(all, want, FcMatchPattern))
		got = FcFontMatch(all, want, &result);
	if (got != NULL && FcPatternGetString(got, FC_FAMILY, 0, &family) == FcResultMatch &&
	    strcmp((char *)family, font->family) == 0 &&
	    FcPatternGetString(got, FC_FILE, 0, &file) == FcResultMatch)
		path = strdup((char *)file);
	if (got != NULL)
		FcPatternDestroy(got);
	if (want != NULL)
		FcPatternDestroy(want);
	if (all != NULL)
		FcConfigDestroy(all);
	return path;
}

static bool
load(struct pen *p, const struct font *font)
{
	char *elsewhere = access(font->path, R_OK) != 0 ? sought(font) : NULL;
	const char *path = elsewhere != NULL ? elsewhere : font->path;
	const bool loaded = FcConfigAppFontAddFile(p->config, (const FcChar8 *)path);

	free(elsewhere);
	return loaded;
}

static cairo_status_t
append(void *buf, const unsigned char *data, unsigned n)
{
	struct buf *out = buf;

	buf_add(out, data, n);
	return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void
discard(struct pen *p)
{
	if (p->layout != NULL)
		g_object_unref(p->layout);
	if (p->map != NULL)
		g_object_unref(p->map);
	cairo_destroy(p->cairo);
	cairo_surface_destroy(p->surface);
	if (p->config != NULL)
		FcConfigDestroy(p->config);
	buf_free(&p->out);
	free(p);
}

static void
begin_document(struct pen *p, const char *title, int day)
{
	char iso[DATE_ISO_LEN + 1], time[DATE_ISO_LEN + sizeof("T00:00:00+09:00")];

	date_format_iso(day, iso);
	snprintf(time, sizeof(time), "%sT00:00:00+09:00", iso);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "shikaku-form");
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, time);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_MOD_DATE, time);
}

/* Widths are those of the paper, not of a screen. */
static void
begin_text(struct pen *p)
{
	cairo_font_options_t *options = cairo_font_options_create();
	PangoContext *context;

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	p->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(p->map), p->config);
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(p->map), 72);
	context = pango_font_map_create_context(p->map);
	pango_cairo_context_set_font_options(context, options);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("ja"));
	p->layout = pango_layout_new(context);
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(p->layout, LEADING);
	g_object_unref(context);
	cairo_font_options_destroy(options);
}

struct pen *
pen_open(const char *title, int day, struct err *e)
{
	static const struct font *const needed[] = { &gothic, &mincho };
	struct pen *p = calloc(1, sizeof(*p));

	/* the current one too, or pango reads the machine's and looks at every font there is */
	if (p == NULL || (p->config = FcConfigCreate()) == NULL ||
	    !FcConfigSetCurrent(p->config)) {
		err_set(e, ERR_NOMEM, "out of memory");
		if (p != NULL)
			discard(p);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!load(p, needed[i])) {
			err_set(e, ERR_FORM_HELPER, "the font %s is not there (Debian: %s)",
			    needed[i]->family, needed[i]->package);
			discard(p);
			return NULL;
		}
	p->surface = cairo_pdf_surface_create_for_stream(append, &p->out, PEN_WIDTH, PEN_HEIGHT);
	p->cairo = cairo_create(p->surface);
	begin_document(p, title, day);
	begin_text(p);
	return p;
}

static bool
loaded_fonts_have(const struct pen *p, unsigned character)
{
	const FcFontSet *set = FcConfigGetFonts(p->config, FcSetApplication);

	for (int i = 0; set != NULL && i < set->nfont; i++) {
		FcCharSet *chars;

		if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &chars) == FcResultMatch &&
		    FcCharSetHasChar(chars, character))
			return true;
	}
	return false;
}

static void
load_rare(struct pen *p)
{
	if (p->rare || p->rare_missing)
		return;
	p->rare = load(p, &rare);
	p->rare_missing = !p->rare;
	if (p->rare)
		pango_fc_font_map_config_changed(PANGO_FC_FONT_MAP(p->map));
}

static bool
is_variation_selector(unsigned c)
{
	return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

bool
pen_has(struct pen *p, unsigned character)
{
	if (is_variation_selector(character)) {
		load_rare(p);
		return true;
	}
	if (loaded_fonts_have(p, character))
		return true;
	load_rare(p);
	return loaded_fonts_have(p, character);
}

bool
pen_rare_missing(const struct pen *p)
{
	return p->rare_missing;
}

void
pen_shrink(struct pen *p, double factor)
{
	cairo_scale(p->cairo, factor, factor);
}

void
pen_line(struct pen *p, double x, double y, double to_x, double to_y, double width)
{
	cairo_set_line_width(p->cairo, width);
	cairo_move_to(p->cairo, x, y);
	cairo_line_to(p->cairo, to_x, to_y);
	cairo_stroke(p->cairo);
}

void
pen_box(struct pen *p, double x, double y, double w, double h, double width)
{
	cairo_set_line_width(p->cairo, width);
	cairo_rectangle(p->cairo, x, y, w, h);
	cairo_stroke(p->cairo);
}

void
pen_fill(struct pen *p, double x, double y, double w, double h, double grey)
{
	cairo_set_source_rgb(p->cairo, grey, grey, grey);
	cairo_rectangle(p->cairo, x, y, w, h);
	cairo_fill(p->cairo);
	cairo_set_source_rgb(p->cairo, 0, 0, 0);
}

/* A form of a character that a selector asks for is in the font of rare ones only. */
static bool
asks_for_a_form(const char *text)
{
	for (; *text != '\0'; text += g_utf8_skip[(unsigned char)*text])
		if (is_variation_selector(g_utf8_get_char(text)))
			return true;
	return false;
}

static const char *
families(const struct pen *p, const struct wording *t, enum face face)
{
	if (p->rare && asks_for_a_form(t->text))
		return "IPAmjMincho,IPAexMincho,IPAexGothic";
	return face == FACE_PRINTED ? "IPAexGothic,IPAexMincho,IPAmjMincho" :
	    "IPAexMincho,IPAmjMincho,IPAexGothic";
}

static void
set_text(struct pen *p, const struct wording *t, struct style style, double width)
{
	PangoFontDescription *font = pango_font_description_from_string(
	    families(p, t, style.face));
	PangoAttrList *attributes = pango_attr_list_new();

	pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
	pango_layout_set_font_description(p->layout, font);
	pango_font_description_free(font);
	for (int i = 0; i < t->keeps; i++) {
		PangoAttribute *keep = pango_attr_allow_breaks_new(FALSE);

		keep->start_index = t->keep[i].from;
		keep->end_index = t->keep[i].to;
		pango_attr_list_insert(attributes, keep);
	}
	pango_layout_set_attributes(p->layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_width(p->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_text(p->layout, t->text, -1);
}

double
pen_height(struct pen *p, const struct wording *t, struct style style, double width)
{
	int w, h;

	set_text(p, t, style, width);
	pango_layout_get_size(p->layout, &w, &h);
	return (double)h / PANGO_SCALE;
}

double
pen_width(struct pen *p, const char *text, struct style style)
{
	const struct wording t = { .text = text };
	int w, h;

	set_text(p, &t, style, -1);
	pango_layout_get_size(p->layout, &w, &h);
	return (double)w / PANGO_SCALE;
}

void
pen_write(struct pen *p, const struct wording *t, struct style style, double x, double y,
    double width)
{
	set_text(p, t, style, width);
	cairo_move_to(p->cairo, x, y);
	pango_cairo_show_layout(p->cairo, p->layout);
}

int
pen_close(struct pen *p, struct buf *out, struct err *e)
{
	cairo_status_t status;

	cairo_show_page(p->cairo);
	cairo_surface_finish(p->surface);
	status = cairo_status(p->cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p->surface);
	*out = p->out;
	p->out = (struct buf)BUF_INIT;
	discard(p);
	if (status == CAIRO_STATUS_SUCCESS)
		return 0;
	buf_free(out);
	return err_set(e, ERR_FORM_HELPER, "cairo: %s", cairo_status_to_string(status));
}
