/*
 * The speed of the rule engine, beside three engines that programs take for such tables: bench.mjs PROBE SHIKAKU
 * RULES DECIDED.  Run by tests/bench-rules/run in a folder with the peers in node_modules.
 *
 * What is compared.  Two tables: the ladder of our rule file as it is in force on DAY, and a table of the size
 * that spec/performance.md has its figures for (32 rules, 13 facts), cut from it.  A thousand sets of derived
 * facts, every rule met by some.  Each engine gets the tables in its own form (engines.mjs) and says which rule
 * holds first; all must agree on every set before anything is measured.  Ours also says for every rule which facts
 * refuse it; zen's trace says no more than which rule held.  decide() is the whole engine, from the facts of a
 * visit to the verdict with its trace: deriving, ladder, ratio, advice.  `shikaku decide` is JSON in and out,
 * over the facts of our own decision tests and over lines in which every fact is given.
 *
 * How.  All in one run on one core: each contender for SLICE ms in turn, ROUNDS times around after one round that
 * does not count; the figure is the median of decisions per second of CPU time, so that other load on the machine
 * matters less (it still does where two of its processors share a core: the best round stands beside).  Ratios are
 * the point; absolute figures are this machine's.  A benchmark: it fails when engines disagree, never because of a
 * figure.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { cover } from './cases.mjs';
import { peers } from './engines.mjs';
import { ndjson } from './facts.mjs';
import { cut, facts_of, first_match, ladder } from './table.mjs';

const DAY = '2026-03-01';		/* when most rules of the ladder are in force */
const CASES = 1000, RULES = 32, FACTS = 13;
const ROUNDS = 7, SLICE = 200, BATCH = 50;
const LINES = 10000, LONG = 100;	/* lines in the file, and how often it is read for the memory */
const [probe, shikaku, rules, decided] = process.argv.slice(2);	/* decided: the folder of tests/decide */

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const say = (text = '') => console.log(text);

const mb = (kb) => (kb / 1024).toFixed(1);

function figure(x) {
	if (x >= 1e6)
		return `${(x / 1e6).toFixed(x < 1e7 ? 2 : 1)} M`;
	return x >= 1e3 ? `${(x / 1e3).toFixed(x < 1e4 ? 1 : 0)} k` : x.toFixed(0);
}

/* -- the tables and the cases */
const names = execFileSync(probe, ['vocabulary'], { encoding: 'utf8' }).trim().split('\n').map((l) => l.split(' '));
const vocabulary = Object.fromEntries(names.map(([fact, ...values]) => [fact, values]));
const as_indexes = (c) => names.map(([fact]) => vocabulary[fact].indexOf(c[fact])).join(' ');
const as_values = (line) => Object.fromEntries(line.split(' ').map((v, i) => [names[i][0], names[i][Number(v) + 1]]));
const as_sets = (r) => names.map(([fact, ...values]) =>
	(r.when[fact] ?? values).reduce((set, v) => set | 1 << values.indexOf(v), 0)).join(' ');

const tables = { ladder: ladder(rules, vocabulary, DAY) };

tables.cut = cut(tables.ladder, FACTS, RULES);

function make_cases() {
	const cases = execFileSync(probe, ['derive', 'matrix.ndjson'], { encoding: 'utf8' }).trim().split('\n').map(as_values);
	const unmet = [...cover(tables.ladder, cases, 5), ...cover(tables.cut, cases, 1), ...cover(tables.ladder, cases, 1)];

	if (unmet.length > 0)
		throw new Error(`no case for ${unmet.join(', ')}`);
	return cases;
}

for (const mix of ['matrix', 'open', 'lines'])
	writeFileSync(`${mix}.ndjson`, ndjson(mix, CASES));
const cases = make_cases();
writeFileSync('cases', `${cases.map(as_indexes).join('\n')}\n`);
writeFileSync('cut', `${tables.cut.map(as_sets).join('\n')}\n`);

/* -- ours, behind a pipe */
const server = spawn(probe, ['serve', DAY, 'cases', 'cut', 'matrix.ndjson', 'open.ndjson'],
	{ stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();

async function ask(request) {
	server.stdin.write(`${request}\n`);
	return (await answers.next()).value.trim().split(' ').map(Number);
}

async function ours(what) {
	const [n, seconds] = await ask(`${what} ${SLICE}`);
	return n / seconds;
}

/* -- the others, here */
async function theirs(decide, list) {
	const from = process.cpuUsage();
	let n = 0, us;

	do {
		for (let i = 0; i < BATCH; i++)
			list[i] = cases[(n + i) % CASES];
		n += (await decide(list)).length;
		const { user, system } = process.cpuUsage(from);
		us = user + system;
	} while (us < SLICE * 1000);
	return n / us * 1e6;
}

function contenders() {
	const list = [];

	for (const [name, table] of Object.entries(tables)) {
		list.push({ name: 'shikaku with why-not trace', table: name, slice: () => ours(name) });
		if (!existsSync('node_modules'))
			continue;
		for (const [engine, make] of peers(facts_of(table))) {
			const decide = make(table);
			list.push({ name: engine, table: name, decide, slice: () => theirs(decide, new Array(BATCH)) });
		}
	}
	return [...list, { name: 'decide', slice: () => ours('decide') }, { name: 'open', slice: () => ours('open') }];
}

/* Every engine must name the same rule for every case. */
async function agree(list) {
	for (const [name, table] of Object.entries(tables)) {
		const expected = cases.map((c) => table[first_match(table, c)].id);
		const all = ladder(rules, vocabulary, null).map((r) => r.id);
		const probed = (await ask(name)).map((i) => name === 'cut' ? table[i].id : all[i]);

		for (const c of list.filter((x) => x.table === name)) {
			const ids = c.decide ? await c.decide(cases) : probed;
			const differs = expected.findIndex((id, i) => ids[i] !== id);
			if (differs >= 0)
				throw new Error(`${c.name}, ${name}: ${ids[differs]} where ${expected[differs]} holds: ` +
					JSON.stringify(cases[differs]));
		}
	}
}

async function measure(list) {
	for (let round = 0; round <= ROUNDS; round++)
		for (const c of list) {
			const speed = await c.slice();
			c.speeds = round === 0 ? [] : [...c.speeds, speed];
		}
	for (const c of list) {
		c.speed = median(c.speeds);
		c.best = Math.max(...c.speeds);
	}
}

/* -- the program, JSON in and out */
function run(file, times, args) {
	const script = 'for ((i = 0; i < $2; i++)); do cat "$1"; done | "${@:3}"';
	const done = spawnSync('bash', ['-c', script, 'run', file, times, probe, 'run', shikaku, 'decide', ...args],
		{ encoding: 'utf8', timeout: 60000, stdio: ['ignore', 'pipe', 'inherit'] });

	if (done.status !== 0)
		throw new Error(`shikaku decide ${args.join(' ')}: status ${done.status ?? done.signal}`);
	const [us, kb] = done.stdout.split(' ').map(Number);
	return { us, kb };
}

/* The facts of the tests that decide something: as much in a line as a case needs. */
function worked_lines() {
	const cases = readdirSync(decided).filter((f) => f.endsWith('.ndjson')).sort()
		.flatMap((f) => readFileSync(`${decided}/${f}`, 'utf8').trim().split('\n')).map((l) => JSON.parse(l));

	return cases.filter((c) => !('error' in c.expect)).map((c) => `${JSON.stringify(c.facts)}\n`);
}

function program() {
	const full = readFileSync('lines.ndjson', 'utf8').match(/.+\n/g), worked = worked_lines();
	const modes = [];
	const cold = [];

	for (const [what, lines] of [['worked', worked], ['full', full]]) {
		const some = Array.from({ length: LINES }, (_, i) => lines[i % lines.length]).join('');

		writeFileSync(`${what}.ndjson`, some);
		for (const args of [['--no-trace'], []])
			modes.push({ what, bytes: Math.round(some.length / LINES), args, runs: [] });
	}
	writeFileSync('one.ndjson', full[0]);
	for (let round = 0; round < ROUNDS; round++) {
		for (const m of modes)
			m.runs.push(run(`${m.what}.ndjson`, 1, m.args));
		for (let i = 0; i < 3; i++)
			cold.push(run('one.ndjson', 1, []).us / 1000);
	}
	for (const m of modes) {
		m.speeds = m.runs.map((x) => LINES / x.us * 1e6);
		m.speed = median(m.speeds);
		m.best = Math.max(...m.speeds);
		m.kb = Math.max(...m.runs.map((x) => x.kb));
	}
	for (const m of modes.slice(0, 2))
		m.kb_long = run(`${m.what}.ndjson`, LONG, m.args).kb;
	return { modes, cold: median(cold), cold_best: Math.min(...cold) };
}

/* -- what came out */
function print_tables(list) {
	for (const [name, table] of Object.entries(tables)) {
		const rows = list.filter((c) => c.table === name);

		say(`${name}: ${table.length} rules, ${facts_of(table).length} facts`.padEnd(34) +
			'decisions/s  best round    ours is');
		for (const c of rows)
			say(`  ${c.name.padEnd(30)}${figure(c.speed).padStart(13)}${figure(c.best).padStart(12)}` +
				(c.decide ? `${Math.round(rows[0].speed / c.speed).toLocaleString('en')} x`.padStart(11) : ''));
	}
}

const MEGA = 1e6, KILO = 1e3;

/* A goal: what, wanted at least or at most, unit, and the median and the best of what was measured. */
function goal(what, sign, wanted, speed, best = speed) {
	const met = sign === '>=' ? speed >= wanted : speed <= wanted;
	const shown = (x) => x.toFixed(x < 100 ? 2 : 0).padStart(10);
	const verdict = Number.isNaN(speed) ? 'not measured' : met ? 'met' : 'MISSED';

	say(`${what.padEnd(52)}${`${sign} ${wanted}`.padStart(9)}${shown(speed)}${shown(best)}  ${verdict}`);
}

function print_goals(list, p) {
	const of = (name, table) => list.find((c) => c.name === name && c.table === table) ?? { speed: NaN, best: NaN };
	const engine = of('decide'), own = of('shikaku with why-not trace', 'cut');
	const ladder_own = of('shikaku with why-not trace', 'ladder'), zen = of('zen-engine with trace', 'ladder');

	say('decide() with open facts (most end in a question)'.padEnd(61) + figure(of('open').speed).padStart(10) +
		figure(of('open').best).padStart(10));
	say(`${'goal'.padEnd(52)}${'wanted'.padStart(9)}${'median'.padStart(10)}${'best'.padStart(10)}`);
	goal('decide() with trace, real rule base: M/s a core', '>=', 3, engine.speed / MEGA, engine.best / MEGA);
	goal(`table of ${RULES} rules with why-not trace: M/s`, '>=', 8, own.speed / MEGA, own.best / MEGA);
	goal('ladder with trace: times zen-engine with trace', '>=', 1000, ladder_own.speed / zen.speed,
		ladder_own.best / zen.best);
	const [quiet, traced, ...full] = p.modes;

	goal(`decide, lines of ${quiet.bytes} bytes, --no-trace: k lines/s`, '>=', 100, quiet.speed / KILO, quiet.best / KILO);
	goal(`decide, lines of ${traced.bytes} bytes, with trace: k lines/s`, '>=', 40, traced.speed / KILO, traced.best / KILO);
	goal('decide of one line, cold: ms CPU', '<=', 5, p.cold, p.cold_best);
	for (const [name, m] of [['--no-trace', quiet], ['with trace', traced]])
		goal(`max RSS, ${name}: ${LINES * LONG} lines / ${LINES} lines`, '<=', 1.05, m.kb_long / m.kb);
	for (const [i, m] of full.entries())
		say(`every fact given (${m.bytes} bytes), ${i === 0 ? '--no-trace' : 'with trace'}: k lines/s`.padEnd(61) +
			figure(m.speed / KILO).padStart(10) + figure(m.best / KILO).padStart(10));
	say(`max RSS in MB: --no-trace ${mb(quiet.kb)} and ${mb(quiet.kb_long)}, ` +
		`with trace ${mb(traced.kb)} and ${mb(traced.kb_long)}`);
}

const list = contenders();
await agree(list);
say(`rules in force on ${DAY}, ${CASES} fact sets: every engine finds the same rule for each`);
await measure(list);
server.stdin.end();
print_tables(list);
print_goals(list, program());
