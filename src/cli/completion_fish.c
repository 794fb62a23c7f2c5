#include "cli/completion.h"

static const char *
words_of(const struct text *t, bool ja)
{
	return ja ? t->ja : t->en;
}

/*
 * __shikaku_at WORDS [OPTION]...: the line goes on behind these words, and
 * none of these options stands on it; but one with "=" may be its last word,
 * whose value is being typed.  __shikaku_end WORDS: it ends with these words.
 */
static void
head(struct buf *b)
{
	buf_adds(b,
	    "# fish completion of shikaku; printed by: shikaku help completion fish\n"
	    "function __shikaku_at\n"
	    "    set -l given (commandline -opc)\n"
	    "    string match -q -- \"$argv[1] *\" \"$given[2..-1] \"; or return 1\n"
	    "    set -e given[1]\n"
	    "    for word in (string split -n ' ' -- $argv[1])\n"
	    "        set -e given[1]\n"
	    "    end\n"
	    "    contains -- -- $given; and return 1\n"
	    "    for option in $argv[2..-1]\n"
	    "        set -l name (string replace = '' -- $option)\n"
	    "        test \"$name\" != \"$option\"; and test \"$name\" = \"$given[-1]\"; and return 0\n"
	    "        string match -q -- $name $given; and return 1\n"
	    "        string match -q -- \"$name=*\" $given; and return 1\n"
	    "    end\n"
	    "    return 0\n"
	    "end\n"
	    "function __shikaku_end\n"
	    "    set -l given (commandline -opc)\n"
	    "    test \"$given[2..-1]\" = \"$argv[1]\"\n"
	    "end\n"
	    "complete -c shikaku -e\n"
	    "complete -c shikaku -f\n");
}

/* -d 'DESCRIPTION' and the end of the line. */
static void
add_description(struct buf *b, const struct text *help, bool ja)
{
	buf_adds(b, " -d '");
	completion_quote(b, words_of(help, ja), "\\");
	buf_adds(b, "'\n");
}

static void
add_value(struct buf *b, const char *placeholder)
{
	struct buf words = BUF_INIT;

	buf_adds(b, placeholder_is_file(placeholder) ? " -r -F" : " -x");
	if (placeholder_words(placeholder, &words))
		buf_addf(b, " -a '%s'", words.p != NULL ? words.p : "");
	buf_free(&words);
}

static void
add_option(struct buf *b, const struct place *p, const struct opt *o, bool ja)
{
	const char letter = opt_short(o->name);

	buf_addf(b, "complete -c shikaku -n \"__shikaku_%s '%s'", *p->words != '\0' ? "at" : "end",
	    p->words);
	if (*p->words != '\0' && o->type != OPT_LIST) {
		buf_addf(b, " --%s%s", o->name, o->arg != NULL ? "=" : "");
		if (letter != 0)
			buf_addf(b, " -%c%s", letter, o->arg != NULL ? "=" : "");
	}
	buf_adds(b, "\"");
	if (letter != 0)
		buf_addf(b, " -s %c", letter);
	buf_addf(b, " -l %s", o->name);
	if (o->arg != NULL)
		add_value(b, o->arg);
	add_description(b, &o->help, ja);
}

static void
place(struct buf *b, const struct place *p, bool ja)
{
	const char *operands = place_operands(p);
	struct buf words = BUF_INIT;

	for (size_t i = 0; i < p->nexts; i++) {
		buf_addf(b, "complete -c shikaku -n \"__shikaku_end '%s'\" -a %s", p->words,
		    p->next[i]->name);
		add_description(b, &p->next[i]->help, ja);
	}
	for (size_t i = 0; i < p->n; i++)
		add_option(b, p, &p->opts[i], ja);
	if (*operands != '\0') {
		buf_addf(b, "complete -c shikaku -n \"__shikaku_at '%s'\"%s", p->words,
		    placeholder_is_file(operands) ? " -F" : "");
		if (placeholder_words(operands, &words))
			buf_addf(b, " -a '%s'", words.p != NULL ? words.p : "");
		buf_adds(b, "\n");
	}
	buf_free(&words);
}

static void
tail(struct buf *b)
{
	(void)b;
}

const struct shell shell_fish = { "fish", head, place, tail };
