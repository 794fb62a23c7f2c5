#!/usr/bin/env python3
"""What a shell offers against what the help says: completion.py SHIKAKU bash|zsh|fish

At every place of the command line (behind each command and subcommand, and behind "help") the
shell is asked for options, for the next word, and for the value of each option; what it offers
must be what the help of that command lists: everything, and nothing else.
"""
import os
import re
import select
import subprocess
import sys
import tempfile
import time

# Where no operand may stand, and without a dash: all options, nothing, or as the user has set it.
BARE = {"bash": True, "fish": False, "zsh": None}
FILES = {"one.json", "two.csv"}
PATIENCE_S = 60


def helped(shikaku, *words):
    return subprocess.run([shikaku, "help", *words], capture_output=True, text=True, check=True,
                          env=dict(os.environ, SHIKAKU_LANG="en")).stdout


def block(text, first):
    """The names of the list that begins with that paragraph."""
    names = []
    for line in text.split("\n\n")[first].splitlines():
        found = re.match(r"  ([a-z][a-z-]*) +\S", line)
        if found:
            names.append(found[1])
    return names


class Place:
    def __init__(self, words, text, next_words=(), args=None):
        self.words, self.next = words, set(next_words)
        usage = text.splitlines()[0] if args is None else args
        self.args = usage.split("[OPTION]...", 1)[1] if "[OPTION]..." in usage else ""
        found = re.findall(r"^  (?:-[a-z], )?(--[a-z-]+)(?: (\S+))?(?:  |$)", text, re.M)
        self.options = {name: arg for name, arg in found}
        self.again = {name for name in self.options if re.search(name + r" .*repeatable", text)}


def places(shikaku):
    top = helped(shikaku)
    commands = block(top, 1)
    topics = re.findall(r"^  shikaku help ([a-z]+) ", top, re.M)
    own = helped(shikaku, "help")
    yield Place("", "\n  --help  \n  --version  \n", commands, "")
    for name in commands:
        text = helped(shikaku, name)
        subs = block(text, 2) if name != "help" else []
        yield Place(name, text, subs if name != "help" else topics + commands)
        for sub in subs:
            yield Place(name + " " + sub, helped(shikaku, name, sub))
        yield Place("help " + name, own, topics if name == "help" else subs, "")
    for name in topics:
        text = subprocess.run([shikaku, "help", name, "--help"], capture_output=True, text=True,
                              check=True, env=dict(os.environ, SHIKAKU_LANG="en")).stdout
        yield Place("help " + name, text)


def value_of(placeholder):
    words = {w for w in re.split(r"[|\s\[\]]+", placeholder) if w[:1].islower() or w[:1].isdigit()}
    if "|" not in placeholder:
        words = set()
    return words | (FILES if re.search("FILE|PEM|LIST", placeholder) else set())


def questions(place, bare):
    """Lines up to the cursor, and what must be offered there. bare: all options without a dash."""
    at = ("shikaku " + place.words).rstrip() + " "
    yield at + "--", set(place.options)
    if place.next or value_of(place.args):
        yield at, place.next or value_of(place.args)
    elif bare is not None:
        yield at, set(place.options) if bare else set()
    if not place.words:
        return
    yield at + "--json --", set(place.options) - {"--json"}
    for name in place.again:
        yield at + name + " x --", set(place.options)
    if "--output" in place.options:
        yield at + "-o x --", set(place.options) - {"--output"}
        yield at + "-o ", FILES
    for name, placeholder in place.options.items():
        if placeholder:
            yield at + name + " ", value_of(placeholder)
    yield at + "--lang=", {"ja", "en"}
    yield at + "-- --", set()


class Bash:
    def __init__(self, script):
        self.script = script

    def ask(self, lines):
        program = ['source "$1"']
        for line in lines:
            # readline splits at = too
            words = re.sub("=", " = ", line).split(" ") if "=" in line else line.split(" ")
            words = [w for w in words[:-1] if w] + words[-1:]
            quoted = " ".join("'%s'" % w for w in words)
            program.append("COMP_WORDS=(%s) COMP_CWORD=%d; _shikaku 2>/dev/null; "
                           'echo "${COMPREPLY[*]}"' % (quoted, len(words) - 1))
        out = subprocess.run(["bash", "--norc", "-c", "\n".join(program), "bash", self.script],
                             capture_output=True, text=True, check=True).stdout
        return [set(line.split()) for line in out.splitlines()]


class Fish:
    def __init__(self, script):
        self.script = script

    def ask(self, lines):
        program = ["source $argv[1]"]
        for line in lines:
            program.append("complete -C '%s' | string replace -r '\\t.*' ''; echo ." % line)
        out = subprocess.run(["fish", "--no-config", "-c", "\n".join(program), self.script],
                             capture_output=True, text=True, check=True,
                             env=dict(os.environ, HOME=os.path.abspath(".."))).stdout
        answers, words = [], set()
        for word in out.splitlines():
            if word == ".":
                answers.append(words)
                words = set()
            else:
                words.add(word)
        # --lang=ja is offered whole
        return [{re.sub("^--[a-z-]+=", "", w) for w in a} for a in answers]


ZSH = r"""
PROMPT= ; unsetopt PROMPT_SP ZLE_RPROMPT_INDENT; stty -echo
fpath=(FOLDER $fpath)
autoload -Uz compinit; compinit -D -u
compadd() {
	local -a got
	if [[ " ${@[1,(i)(-|--)]} " = *' '-[a-zA-Z]#[OAD]' '* ]]; then builtin compadd "$@"; return; fi
	builtin compadd -O got "$@"
	(($#got)) && print -rl -- $got >>ANSWERS
	builtin compadd "$@"
}
setopt EXTENDED_GLOB
capture() { _main_complete; print -r -- . >>ANSWERS; compstate[insert]= compstate[list]= }
zle -C capture complete-word capture
bindkey '^T' capture
print -r -- . >>ANSWERS
"""


class Zsh:
    def __init__(self, script):
        self.script = script

    def ask(self, lines):
        answers = os.path.abspath("../answers")
        with open("../zsh", "w") as f:
            f.write(ZSH.replace("FOLDER", os.path.dirname(self.script)).replace("ANSWERS", answers))
        pid, fd = os.forkpty()
        if pid == 0:
            os.environ.update(HOME=os.path.abspath(".."), TERM="xterm")
            os.execvp("zsh", ["zsh", "-f", "-i"])
        got = []
        try:
            os.write(fd, b"source ../zsh\n")
            self.wait(fd, answers)
            for line in lines:
                os.remove(answers)
                os.write(fd, line.encode() + b"\x14")
                got.append(self.wait(fd, answers))
                os.write(fd, b"\x15")
        finally:
            os.close(fd)
            os.waitpid(pid, 0)
        return got

    def wait(self, fd, answers):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if select.select([fd], [], [], 0.005)[0]:
                os.read(fd, 65536)
            if os.path.exists(answers):
                with open(answers) as f:
                    text = f.read()
                if text.endswith(".\n"):
                    return set(text.split()) - {"."}
        raise SystemExit("zsh does not answer")


def main():
    shikaku, name = os.path.abspath(sys.argv[1]), sys.argv[2]
    asked = [q for place in places(shikaku) for q in questions(place, BARE[name])]
    with tempfile.TemporaryDirectory() as folder:
        script, desk = os.path.join(folder, "_shikaku"), os.path.join(folder, "desk")
        os.mkdir(desk)
        os.chdir(desk)
        for file in FILES:
            open(file, "w").close()
        with open(script, "w") as f:
            subprocess.run([shikaku, "help", "completion", name], stdout=f, check=True)
        shell = {"bash": Bash, "fish": Fish, "zsh": Zsh}[name](script)
        got = shell.ask([line for line, _ in asked])
        os.chdir("/")
    wrong = 0
    if len(got) != len(asked):
        raise SystemExit("%d answers to %d questions" % (len(got), len(asked)))
    for (line, want), have in zip(asked, got):
        if want != have:
            wrong += 1
            print("%r: missing %s, too many %s" % (line, sorted(want - have), sorted(have - want)))
    print("%s: %d places and values, %d wrong" % (name, len(asked), wrong))
    return 1 if wrong or len(asked) < 100 else 0


sys.exit(main())
