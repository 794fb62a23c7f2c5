#include "cli/completion.h"

/*
 * bash splits --option=value into three words.  Options are offered in their
 * long form, and not again when they stand on the line already.
 */
static void
head(struct buf *b)
{
	buf_adds(b,
	    "# bash completion of shikaku; printed by: shikaku help completion bash\n"
	    "_shikaku()\n"
	    "{\n"
	    "\tlocal IFS=$' \\t\\n'\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	    "\tlocal line=\"${COMP_WORDS[*]:1:COMP_CWORD - 1}\"\n"
	    "\tlocal next= options= again= operands= paths= value= words= files= word\n"
	    "\n"
	    "\tif [[ $cur = '=' ]]; then\n"
	    "\t\tcur=\n"
	    "\telif [[ $prev = '=' ]]; then\n"
	    "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	    "\tfi\n"
	    "\tcase $line in\n");
}

static void
add_value(struct buf *b, const struct opt *o)
{
	struct buf words = BUF_INIT;

	if (o->arg == NULL)
		return;
	buf_adds(b, "\t\t");
	if (opt_short(o->name) != 0)
		buf_addf(b, "-%c | ", opt_short(o->name));
	buf_addf(b, "--%s) value=1", o->name);
	if (placeholder_words(o->arg, &words))
		buf_addf(b, " words='%s'", words.p != NULL ? words.p : "");
	if (placeholder_is_file(o->arg))
		buf_adds(b, " files=1");
	buf_adds(b, " ;;\n");
	buf_free(&words);
}

static void
add_options(struct buf *b, const struct place *p)
{
	buf_adds(b, "\t\toptions=' ");
	for (size_t i = 0; i < p->n; i++)
		buf_addf(b, "--%s ", p->opts[i].name);
	buf_adds(b, "'\n\t\tagain=' ");
	for (size_t i = 0; i < p->n; i++)
		if (p->opts[i].type == OPT_LIST)
			buf_addf(b, "--%s ", p->opts[i].name);
	buf_adds(b, "'\n");
	for (size_t i = 0; i < p->n; i++)
		if (opt_short(p->opts[i].name) != 0)
			buf_addf(b, "\t\t[[ \" $line \" = *' -%c '* ]] && options=${options/ --%s / }\n",
			    opt_short(p->opts[i].name), p->opts[i].name);
	buf_adds(b, "\t\tcase $prev in\n");
	for (size_t i = 0; i < p->n; i++)
		add_value(b, &p->opts[i]);
	buf_adds(b, "\t\tesac\n");
}

static void
place(struct buf *b, const struct place *p, bool ja)
{
	const char *operands = place_operands(p);
	struct buf words = BUF_INIT;

	(void)ja;
	if (p->words[0] != '\0')
		buf_addf(b, "\t'%s' | '%s '*)\n", p->words, p->words);
	else
		buf_adds(b, "\t'')\n");
	if (p->nexts > 0)
		buf_addf(b, "\t\t[[ $line = '%s' ]] && next='", p->words);
	for (size_t i = 0; i < p->nexts; i++)
		buf_addf(b, "%s%s", p->next[i]->name, i + 1 < p->nexts ? " " : "'\n");
	if (placeholder_words(operands, &words))
		buf_addf(b, "\t\toperands='%s'\n", words.p != NULL ? words.p : "");
	if (placeholder_is_file(operands))
		buf_adds(b, "\t\tpaths=1\n");
	add_options(b, p);
	buf_adds(b, "\t\t;;\n");
	buf_free(&words);
}

static void
tail(struct buf *b)
{
	buf_adds(b,
	    "\tesac\n"
	    "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD - 1}\"; do\n"
	    "\t\tcase $word in\n"
	    "\t\t--) options= ;;\n"
	    "\t\t-*) [[ $again = *\" $word \"* ]] || options=${options/\" $word \"/ } ;;\n"
	    "\t\tesac\n"
	    "\tdone\n"
	    "\tif [[ -z $value && ($cur = -* || -z $next$operands$paths) ]]; then\n"
	    "\t\twords=$options\n"
	    "\telif [[ -z $value ]]; then\n"
	    "\t\twords=\"$next $operands\" files=$paths\n"
	    "\tfi\n"
	    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "\t[[ -n $files ]] || return 0\n"
	    "\tcompopt -o filenames 2>/dev/null\n"
	    "\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$cur\")\n"
	    "}\n"
	    "complete -F _shikaku shikaku\n");
}

const struct shell shell_bash = { "bash", head, place, tail };
