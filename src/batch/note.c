#include "batch/note.h"

#define X(name, code, ja, en) { code, ja, en },
static const char *const brings[][3] = { BRING_LIST(X) };
static const char *const cautions[][3] = { CAUTION_LIST(X) };
#undef X

const char *
bring_code(enum bring b)
{
	return brings[b][0];
}

const char *
bring_text(enum bring b, bool ja)
{
	return brings[b][ja ? 1 : 2];
}

const char *
caution_code(enum caution c)
{
	return cautions[c][0];
}

const char *
caution_text(enum caution c, bool ja)
{
	return cautions[c][ja ? 1 : 2];
}
