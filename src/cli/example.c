#include "cli/example.h"

#include <stdio.h>
#include <string.h>

/* Two to four for every command and subcommand, in the order of the table of commands. */
static const struct {
	const char	*of;		/* the words of the command */
	struct text	 what;
	const char	*line;
} examples[] = {
	{ "check", T("カードを置いた患者", "a patient whose card lies on the reader"),
	    "shikaku check" },
	{ "check", T("カードを忘れた初診の患者", "a first visit with the card forgotten"),
	    "shikaku check --no-card forgotten --visit first" },
	{ "check", T("再診で380点のときの窓口負担も", "a return visit; also what 380 points cost"),
	    "shikaku check --visit return --points 380" },
	{ "check", T("ほかのプログラムから(暗証番号は記述子3)", "from another program, the PIN on descriptor 3"),
	    "shikaku check --json --no-input --pin-fd 3 3<pin" },
	{ "decide", T("ファイルの事実を言葉で判定", "the facts of a file, in words"),
	    "shikaku decide --explain facts.json" },
	{ "decide", T("何も見せられない患者", "a patient who can show nothing"),
	    "echo '{\"visit_date\":\"2026-11-22\"}' | shikaku decide --assume-none" },
	{ "decide", T("1行に1人のファイル、経過なし", "a file with a patient on each line, no trace"),
	    "shikaku decide --no-trace cases.ndjson" },
	{ "batch", T("あすの予約を調べ、朝の打ち合わせの1枚も作る", "tomorrow's appointments, and the page for the meeting"),
	    "shikaku batch -o out.csv --report out.html list.csv" },
	{ "batch", T("中断したところから続ける", "go on where it was broken off"),
	    "shikaku batch -o out.csv --resume list.csv" },
	{ "batch", T("一括照会で、Excelで開くCSVに", "by 一括照会, as CSV for Excel"),
	    "shikaku batch --mode bulk --excel -o out.csv list.csv" },
	{ "drill", T("練習を始める(Ctrl-Cでやめる)", "begin to practise (Ctrl-C ends it)"),
	    "shikaku drill" },
	{ "drill", T("3場面だけ", "three situations"),
	    "shikaku drill --count 3" },
	{ "drill", T("受付に貼る表", "the table for a poster by the desk"),
	    "shikaku drill --poster --format markdown" },
	{ "doctor", T("すべてを調べる", "look at everything"),
	    "shikaku doctor" },
	{ "doctor", T("別の設定ファイルで", "with another configuration"),
	    "shikaku doctor --config new.conf" },
	{ "rules", T("すべての規則", "all rules"),
	    "shikaku rules list" },
	{ "rules", T("一つの規則を言葉で", "one rule in words"),
	    "shikaku rules show FLOW-6" },
	{ "rules", T("規則に穴も重なりもないことを証明", "prove that the rules have no gap and no overlap"),
	    "shikaku rules verify" },
	{ "rules list", T("2026年8月1日に有効な規則", "the rules in force on a day"),
	    "shikaku rules list --on 2026-08-01" },
	{ "rules list", T("最後の段だけ", "those of the last stage"),
	    "shikaku rules list --stage 8" },
	{ "rules show", T("申立書の規則", "the rule of the 申立書"),
	    "shikaku rules show FLOW-6" },
	{ "rules show", T("注意「certificate_grace」の文とそれを出す規則", "a warning: its text and the rules that give it"),
	    "shikaku rules show certificate_grace" },
	{ "rules verify", T("組み込みの規則", "the rules built in"),
	    "shikaku rules verify" },
	{ "rules verify", T("直した規則ファイル。例が変化に気づくかも", "an amended file; and do examples notice changes"),
	    "shikaku rules verify --rules new.json --examples cases.ndjson" },
	{ "rules diff", T("暫定措置の終わりで誰に何が変わったか", "what the end of the temporary measure changed"),
	    "shikaku rules diff 2026-07-31 2026-08-01" },
	{ "rules diff", T("組み込みの規則と直したファイル", "the rules built in and an amended file"),
	    "shikaku rules diff embedded new.json" },
	{ "rules graph", T("きょうの段(Mermaid)", "today's ladder, as Mermaid"),
	    "shikaku rules graph" },
	{ "rules graph", T("Graphvizで絵に", "as a picture by Graphviz"),
	    "shikaku rules graph --format dot | dot -Tsvg -o ladder.svg" },
	{ "rules table", T("すべての段を画面に", "every stage on the screen"),
	    "shikaku rules table" },
	{ "rules table", T("表計算で直すためのCSV", "CSV to be amended in a spreadsheet"),
	    "shikaku rules table --format csv --bom >rules.csv" },
	{ "rules table", T("直したCSVから規則ファイルを作る", "a rule file from the amended CSV"),
	    "shikaku rules table --import rules.csv --edition 2026-12 -o new.json" },
	{ "form", T("何も印字しない申立書", "a 申立書 to be filled in by hand"),
	    "shikaku form statement --blank -o blank.pdf" },
	{ "form", T("わかっていることを印字した申立書", "one with what is known filled in"),
	    "shikaku form statement --facts facts.json -o statement.pdf" },
	{ "form statement", T("わかっていることを印字する", "with what is known filled in"),
	    "shikaku form statement --facts facts.json -o statement.pdf" },
	{ "form statement", T("何も印字せず、そのまま印刷", "blank, straight to the printer"),
	    "shikaku form statement --blank -o - | lp" },
	{ "form statement", T("文字だけで", "as text"),
	    "shikaku form statement --blank --text -o -" },
	{ "help", T("コマンドの説明", "explain a command"),
	    "shikaku help check" },
	{ "help", T("サブコマンドの説明", "explain a subcommand"),
	    "shikaku help rules diff" },
	{ "help", T("終了コードの一覧", "the exit statuses"),
	    "shikaku help exit" },
	{ "help exit", T("一覧", "all of them"),
	    "shikaku help exit" },
	{ "help exit", T("終了コード23になった。次に何をするか", "status 23 came up: what now"),
	    "shikaku help exit 23" },
	{ "help exit", T("JSONのerror.codeから", "by the error.code of the JSON"),
	    "shikaku help exit TLS_PEER_MISMATCH" },
	{ "help warnings", T("一覧", "all of them"),
	    "shikaku help warnings" },
	{ "help warnings", T("一つだけ", "one of them"),
	    "shikaku help warnings certificate_grace" },
	{ "help completion", T("bash: いま使う", "bash: for this session"),
	    "source <(shikaku help completion bash)" },
	{ "help completion", T("zsh: fpath のフォルダに置く", "zsh: into a folder of fpath"),
	    "shikaku help completion zsh >_shikaku" },
	{ "help completion", T("fish: いま使う", "fish: for this session"),
	    "shikaku help completion fish | source" },
};

void
example_help(struct buf *b, const struct cmd *group, const struct cmd *c, bool ja)
{
	char words[64];
	bool first = true;

	snprintf(words, sizeof(words), "%s%s%s", group != NULL ? group->name : "",
	    group != NULL ? " " : "", c->name);
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		if (strcmp(examples[i].of, words) != 0)
			continue;
		buf_adds(b, !first ? "" : ja ? "\n例\n" : "\nexamples\n");
		buf_addf(b, "  %s\n      %s\n",
		    ja ? examples[i].what.ja : examples[i].what.en, examples[i].line);
		first = false;
	}
}
