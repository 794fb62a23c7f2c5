#include "cli/completion.h"

/* In a specification of _arguments or _describe these have a meaning. */
#define SPECIAL	":[]\\"

static const char *
words_of(const struct text *t, bool ja)
{
	return ja ? t->ja : t->en;
}

/* _arguments finds its options behind the command's last word. */
static void
head(struct buf *b)
{
	buf_adds(b,
	    "#compdef shikaku\n"
	    "# zsh completion of shikaku; printed by: shikaku help completion zsh\n"
	    "_shikaku()\n"
	    "{\n"
	    "\tlocal line=\"${(j: :)words[2,CURRENT-1]}\"\n"
	    "\tlocal -a next\n"
	    "\n"
	    "\tcase $line in\n");
}

/* What follows a placeholder: ":PLACEHOLDER:ACTION". */
static void
add_action(struct buf *b, const char *placeholder)
{
	struct buf words = BUF_INIT;

	buf_addc(b, ':');
	completion_quote(b, placeholder, SPECIAL);
	if (placeholder_is_file(placeholder))
		buf_adds(b, ":_files");
	else if (placeholder_words(placeholder, &words))
		buf_addf(b, ":(%s)", words.p != NULL ? words.p : "");
	else
		buf_adds(b, ": ");
	buf_free(&words);
}

static void
add_option(struct buf *b, const struct opt *o, bool ja)
{
	const char letter = opt_short(o->name);

	buf_adds(b, " \\\n\t\t    ");
	if (letter != 0)
		buf_addf(b, "'(-%c --%s)'{-%c,--%s%s}'[", letter, o->name, letter, o->name,
		    o->arg != NULL ? "=" : "");
	else
		buf_addf(b, "'%s--%s%s[", o->type == OPT_LIST ? "*" : "", o->name,
		    o->arg != NULL ? "=" : "");
	completion_quote(b, words_of(&o->help, ja), SPECIAL);
	buf_addc(b, ']');
	if (o->arg != NULL)
		add_action(b, o->arg);
	buf_addc(b, '\'');
}

static int
word_count(const char *words)
{
	int n = *words != '\0';

	for (; *words != '\0'; words++)
		n += *words == ' ';
	return n;
}

static void
add_next(struct buf *b, const struct place *p, bool ja)
{
	if (p->nexts == 0)
		return;
	buf_addf(b, "\t\tif [[ $line = '%s' ]]; then\n\t\t\tnext=(", p->words);
	for (size_t i = 0; i < p->nexts; i++) {
		buf_addf(b, "\n\t\t\t    '%s:", p->next[i]->name);
		completion_quote(b, words_of(&p->next[i]->help, ja), SPECIAL);
		buf_addc(b, '\'');
	}
	buf_adds(b, ")\n\t\t\t_describe -t commands command next\n"
	    "\t\t\t[[ $PREFIX = -* ]] || return\n\t\tfi\n");
}

static void
place(struct buf *b, const struct place *p, bool ja)
{
	const char *operands = place_operands(p);
	const int depth = word_count(p->words);

	if (depth > 0)
		buf_addf(b, "\t'%s' | '%s '*)\n", p->words, p->words);
	else
		buf_adds(b, "\t'')\n");
	add_next(b, p, ja);
	if (depth > 0)
		buf_addf(b, "\t\tshift %d words; ((CURRENT -= %d))\n", depth, depth);
	buf_adds(b, "\t\t_arguments -S");
	for (size_t i = 0; i < p->n; i++)
		add_option(b, &p->opts[i], ja);
	if (*operands != '\0') {
		buf_adds(b, " \\\n\t\t    '*");
		add_action(b, operands);
		buf_addc(b, '\'');
	}
	buf_adds(b, "\n\t\t;;\n");
}

static void
tail(struct buf *b)
{
	buf_adds(b,
	    "\tesac\n"
	    "}\n"
	    "\n"
	    "if [[ $funcstack[1] = _shikaku ]]; then\n"
	    "\t_shikaku \"$@\"\n"
	    "else\n"
	    "\tcompdef _shikaku shikaku\n"
	    "fi\n");
}

const struct shell shell_zsh = { "zsh", head, place, tail };
