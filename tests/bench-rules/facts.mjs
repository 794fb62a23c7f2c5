/*
 * Facts objects (docs/decision.md) as lines of NDJSON, seeded: ndjson(MIX, COUNT), or node facts.mjs MIX COUNT
 *
 *	matrix	every situation of the desk in turn (policy 1.3), first and return visits, six ages, with and
 *		without documents, days from 2024-12-02 on; complete: nothing is left to be asked
 *	open	the same, but only what machines report is there: most end in a question
 *	lines	what a desk's program would send: half ordinary visits with a valid answer, two in five from
 *		the matrix, one in ten open.  The shares are ours: nobody has published any
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { random } from './random.mjs';

const DAY = 86400000;
const FROM = Date.UTC(2024, 11, 2), TO = Date.UTC(2026, 10, 22);
let r;

const iso = (t) => new Date(t).toISOString().slice(0, 10);
const compact = (t) => iso(t).replaceAll('-', '');
const none = { eligibility_certificate: null, portal: null, portal_pdf: null, notice: null, old_card: null };

/* Somebody of one of six ages, at a visit. */
function person() {
	const day = FROM + DAY * r.between(0, (TO - FROM) / DAY);
	const age = r.one([3, 12, 40, 67, 72, 80]);
	const ratio = age < 6 ? 20 : age < 70 ? 30 : age < 75 ? r.one([20, 30]) : r.one([10, 10, 20, 30]);
	const number = age >= 75 ? '39131016' : r.one(['06132013', '06132013', '138057', '133033']);

	return { day, age, ratio, number, birth: day - DAY * (age * 365 + r.between(100, 300)) };
}

const numbers = (p) => ({ insurer_number: p.number, symbol: '12', number: '3456', branch: '01' });
const paper = (p, more) => ({ valid_from: iso(p.day - 90 * DAY), valid_to: iso(p.day + 200 * DAY),
	copay_percent: p.age < 70 || r.chance(0.2) ? null : p.ratio, ...numbers(p), ...more });

function result(p, card_class = '01') {
	const o = { InsurerNumber: p.number, InsuredCardSymbol: '12', InsuredIdentificationNumber: '3456',
		InsuredBranchNumber: '01', InsuredCardClassification: card_class, Birthdate: compact(p.birth) };

	if (p.age >= 75)
		o.InsuredPartialContributionRatio = `0${p.ratio}`;
	else if (p.age >= 70)
		o.ElderlyRecipientCertificateInfo = {
			ElderlyRecipientContributionRatio: `0${p.ratio}`,
			ElderlyRecipientValidStartDate: compact(p.day - 100 * DAY),
			ElderlyRecipientValidEndDate: compact(p.day + 200 * DAY),
		};
	return o;
}

const answer = (p, by, validity, card_class) => ({ outcome: 'answered', by, QualificationValidity: validity,
	results: validity === '4' ? [] : [result(p, card_class)] });
const outage = () => ({ outcome: r.one(['unreachable', 'timeout', 'maintenance', 'error']), by: 'card' });

const card = (p, more) => ({ medium: 'card', read: 'ok', certificate_revoked: false, registered: true,
	certificate_not_after: iso(p.day + r.between(200, 1500) * DAY), valid_to: iso(p.day + 2000 * DAY),
	identity: r.one(['pin', 'face']), ...more });
const no_card = (because) => ({ medium: 'none', absent_because: because });
const broken = (p) => card(p, { read: r.one(['unreadable', 'reader_fault']), certificate_not_after: null });

/* What proves eligibility together with the card, or in its stead. */
const beside_card = (p) => r.one([{}, { notice: paper(p) }, { portal: paper(p) }, { portal_pdf: paper(p) }]);
const certificate = (p) => ({ eligibility_certificate: paper(p) });
const declared = (p) => p.age < 70 ? null : p.ratio;
const form = (p) => r.chance(0.6) ? { copay_percent: declared(p), insurance_kind: p.age >= 75 ? '後期' : '健保',
	insurer_name: 'シカク健康保険組合', employer: 'シカク商事', address: null, contact: null } : null;

/* [name, what is special]: card, online, documents, statement, disaster of a person; the rest is none. */
const ordinary = (p) => ({ card: card(p), online: answer(p, 'card', '1') });
const situations = [
	['ordinary', ordinary],
	['SIT-01', (p) => ({ card: broken(p), online: r.one([null, outage()]), documents: beside_card(p),
		statement: form(p) })],
	['SIT-02', (p) => ({ card: card(p), online: answer(p, 'card', r.one(['2', '4'])), documents: beside_card(p),
		statement: form(p) })],
	['SIT-03', (p) => ({ card: no_card('forgotten'), online: answer(p, 'number', '4') })],
	['SIT-04', (p) => ({ card: no_card('forgotten'), online: answer(p, 'number', '3'), documents: beside_card(p) })],
	['SIT-05', (p) => ({ card: no_card('forgotten'), online: answer(p, 'number', '5') })],
	['SIT-06', (p) => ({ card: card(p, { certificate_not_after: iso(p.day - r.between(1, 80) * DAY) }),
		online: answer(p, 'card', '1') })],
	['SIT-07', (p) => ({ card: card(p, r.chance(0.5) ? { certificate_not_after: iso(p.day - 300 * DAY) } :
		{ certificate_revoked: true }), documents: beside_card(p), statement: form(p) })],
	['SIT-08', (p) => ({ card: card(p, { identity: 'pin_locked' }), online: r.one([null, answer(p, 'card', '1')]) })],
	['SIT-09', (p) => ({ card: card(p, { identity: 'visual' }), online: answer(p, 'card', '1') })],
	['SIT-10', (p) => ({ card: card(p, { identity: 'failed' }), documents: { notice: paper(p) }, statement: form(p) })],
	['SIT-11', (p) => ({ card: no_card('forgotten'), documents: certificate(p) })],
	['SIT-12', (p) => ({ card: no_card('forgotten'), documents: beside_card(p) })],
	['SIT-13', (p) => ({ card: no_card('lost'), documents: r.chance(0.5) ? certificate(p) : {} })],
	['SIT-14', (p) => ({ card: card(p, { registered: false }), documents: r.chance(0.3) ? certificate(p) : {} })],
	['SIT-15', (p) => ({ card: card(p, { registered: 'declined' }), statement: form(p) })],
	['SIT-16', (p) => ({ card: no_card('none_issued'), documents: certificate(p) })],
	['SIT-17', () => ({ card: no_card('none_issued') })],
	['SIT-18', (p) => ({ card: no_card('none_issued'), statement: form(p), changed: true })],
	['SIT-19', (p) => ({ card: no_card('none_issued'),
		documents: { old_card: paper(p, { valid_to: iso(p.day + r.between(-100, 100) * DAY) }) } })],
	['SIT-20', () => ({ card: no_card(null) })],
	['SIT-21', (p) => ({ card: card(p, { medium: 'phone', read: r.one(['unreadable', 'ok']) }),
		online: r.one([null, outage()]), documents: { portal: paper(p) } })],
	['SIT-22', ordinary],
	['SIT-23', (p) => ({ card: card(p, { medium: 'phone' }), online: answer(p, 'card', '1') })],
	['SIT-24', (p) => ({ card: card(p), online: answer(p, 'card', '1', '05') })],
	['SIT-25', (p) => ({ card: no_card('none_issued'), online: answer(p, 'number', '4'), documents: certificate(p) })],
	['SIT-26', (p) => ({ card: card(p), documents: beside_card(p), statement: form(p) })],
	['SIT-27', (p) => ({ card: no_card('lost'), disaster: { in_force: true, stated: true, copay_percent: declared(p) } })],
	['SIT-28', () => ({ card: no_card('lost'), disaster: { in_force: true, stated: false } })],
	['TMP', (p) => ({ card: no_card('forgotten'), online: answer(p, 'number', '1'),
		documents: r.one([{ notice: paper(p) }, { old_card: paper(p) }]) })],
];

function facts([name, special], n) {
	const p = person();
	const { card: c, online = null, documents = {}, statement = null, disaster, changed = false } = special(p);
	const visit = r.one(['first', 'return']);
	const record = visit === 'first' ? null : { confirmed_on: iso(p.day - r.between(20, 400) * DAY),
		copay_percent: p.ratio, ...numbers(p), unchanged: !changed && r.chance(0.8) };

	return { id: `${name}-${n}`, visit_date: iso(p.day), visit, birthdate: iso(p.birth), card: c, online,
		documents: { ...none, ...documents }, record, statement, ...(disaster && { disaster }), copay_percent: null };
}

/* What machines and the clinic's file report, before anybody was asked. */
const open = ({ id, visit_date, birthdate, card: c, online }) => ({ id, visit_date, birthdate, card: c, online });

function mixed(n) {
	const x = n % 10;

	if (x < 5)
		return facts(situations[0], n);
	const f = facts(r.one(situations), n);
	return x < 9 ? f : open(f);
}

const mixes = {
	matrix: (n) => facts(situations[n % situations.length], n),
	open: (n) => open(facts(situations[n % situations.length], n)),
	lines: mixed,
};

export function ndjson(mix, count) {
	r = random(20261122);
	return Array.from({ length: count }, (_, n) => `${JSON.stringify(mixes[mix](n))}\n`).join('');
}

if (argv[1] === fileURLToPath(import.meta.url))
	process.stdout.write(ndjson(argv[2], Number(argv[3])));
