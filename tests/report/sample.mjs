/*
 * Lists of invented people for the report, each row with what became of it (tests/rig/report-probe.c): sample.mjs NAME.
 * The same every time.
 */
const [name] = process.argv.slice(2);
let seed = 4;

function random(n) {
	seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
	return (seed >> 8) % n;
}

const pick = (list) => list[random(list.length)];
const two = (n) => String(n).padStart(2, '0');
const families = [['佐藤', 'サトウ'], ['鈴木', 'スズキ'], ['高橋', 'タカハシ'], ['田中', 'タナカ'], ['渡邊', 'ワタナベ'],
	['伊藤', 'イトウ'], ['山本', 'ヤマモト'], ['中村', 'ナカムラ'], ['小林', 'コバヤシ'], ['長谷川', 'ハセガワ']];
const given = [['太郎', 'タロウ'], ['花子', 'ハナコ'], ['一郎', 'イチロウ'], ['陽菜', 'ヒナ'], ['蓮', 'レン'],
	['美智子', 'ミチコ'], ['勘三郎', 'カンザブロウ'], ['さくら', 'サクラ']];

const card = { code: 'my_number_card', text: 'マイナンバーカード(カードで照会し直す)' };
const certificate = { code: 'eligibility_certificate', text: '資格確認書' };
const papers = [certificate, { code: 'portal', text: 'マイナポータルの資格情報画面(スマホ)' },
	{ code: 'notice', text: '資格情報のお知らせ(カードと一緒に)' }];
const elderly = { code: 'elderly_certificate', text: '高齢受給者証', until: '2026-11-30' };
const grace = { code: 'certificate_grace', text: '電子証明書の有効期限が過ぎています。読み取れるのは猶予の間だけです', until: '2026-11-30' };
const soon = { code: 'certificate_ends_soon', text: '電子証明書の有効期限が近づいています', until: '2027-01-14' };
const kouki = { code: 'becomes_kouki', text: '予約日までに75歳になり、後期高齢者医療に移ります' };
const zero = { code: 'insurer_number_zero', text: '保険者番号の先頭の0が落ちていたので補った' };
const bulk = { code: 'bulk_without_limit', text: '一括照会では限度額が分からない' };
const timeout = { code: 'SERVICE_TIMEOUT', text: '資格確認サービスが時間内に応答しませんでした' };

const fates = [
	[3, () => ({ status: 'invalid', bring: [card, ...papers], warnings: [{ code: 'lost_on', text: '2026-10-31に資格を喪失' }] })],
	[2, () => ({ status: 'not_found', bring: [card, ...papers] })],
	[2, () => ({ status: 'invalid_new', bring: [card], changes: [{ field: 'insurer_number', list: '06132013', answer: '138016' },
		{ field: 'symbol', list: '12', answer: '杉並３' }, { field: 'number', list: '345', answer: '0098761' }] })],
	[1, () => ({ status: 'multiple', bring: [card] })],
	[2, () => ({ status: 'valid', copay_percent: 30, bring: papers, warnings: [grace] })],
	[1, () => ({ status: 'valid', copay_percent: 10, bring: [elderly], warnings: [kouki] })],
	[3, () => ({ status: 'valid', copay_percent: 20, last_copay_percent: 30,
		changes: [{ field: 'copay_percent', list: '30', answer: '20' }] })],
	[2, () => ({ status: 'valid', copay_percent: 30, changes: [{ field: 'name', list: '渡辺 花子', answer: '渡邊　花子' },
		{ field: 'branch', list: null, answer: '02' }] })],
	[3, () => ({ status: 'valid', copay_percent: 30, warnings: [soon] })],
	[2, () => ({ status: 'valid', copay_percent: 30, warnings: [zero] })],
	[2, () => ({ status: 'error', retryable: true, warnings: [timeout] })],
	[1, () => ({ status: 'error', warnings: [{ code: 'number_missing', text: 'リストに番号がない' }] })],
	[34, () => ({ status: 'valid', copay_percent: pick([30, 30, 30, 20, 10]) })],
];

function fate() {
	let at = random(fates.reduce((sum, [weight]) => sum + weight, 0));

	for (const [weight, make] of fates) {
		if (at < weight)
			return make();
		at -= weight;
	}
	throw new Error('no fate');
}

function row(i, appointment, what) {
	const family = pick(families), first = pick(given);

	return { patient_id: `${100400 + i * 7}`, appointment, name: `${family[0]} ${first[0]}`, kana: `${family[1]} ${first[1]}`,
		birthdate: `${1940 + random(80)}-${two(1 + random(12))}-${two(1 + random(28))}`, insurer_number: '06132013', symbol: '12',
		number: `${100 + i}`, ...what };
}

/* Mornings are full, lunch is empty, and some come without a time. */
function time() {
	const hour = pick([9, 9, 9, 10, 10, 11, 11, 14, 15, 15, 16, 17, 18]);

	return `${two(hour)}:${pick(['00', '00', '15', '30', '30', '45'])}`;
}

function day(date, n, from = 0) {
	return Array.from({ length: n }, (_, i) => row(from + i, i % 29 === 28 ? date : `${date} ${time()}`, fate()));
}

const broken = [
	{ ...row(900, '2026-11-31 9:00', {}) },
	{ ...row(901, '2026-11-24 9:00', {}), patient_id: null },
	{ ...row(902, '2026-11-24 10:30', {}), birthdate: '昭和九十年' },
];
const hostile = [
	'<script>alert(1)</script>', '</style><img src=x onerror=alert(1)>', '" onmouseover="alert(1)', "' autofocus onfocus='alert(1)",
	'&lt;b&gt; &#60;', '\u202Egnp.txt\u202C \u2066x\u2069', 'عمر محمد', '\uFF1Cscript\uFF1E', 'W'.repeat(3000), '●●　●子', '\u{20BB7}野家\uE000', 'a\u200Bb\u00ADc',
].map((text, i) => ({ ...row(i, `2026-11-24 ${two(9 + i)}:00`, {}), patient_id: text, name: text, kana: text, status: 'invalid_new',
	changes: [{ field: 'symbol', list: text, answer: text }], bring: [{ code: 'x', text }], warnings: [{ code: 'y', text }] }));

const lists = {
	day: () => [...day('2026-11-24', 118), ...broken],
	bulk: () => day('2026-11-24', 60).map((r) => ({ ...r, warnings: [...(r.warnings ?? []), bulk] })),
	week: () => ['24', '25', '26', '27', '28', '30'].flatMap((d, i) => day(`2026-11-${d}`, d === '28' ? 25 : 90, i * 100)),
	months: () => Array.from({ length: 45 }, (_, i) => `2026-${i < 30 ? '11' : '12'}-${two(1 + i % 30)}`).flatMap((d, i) => day(d, 40, i * 100)),
	calm: () => Array.from({ length: 12 }, (_, i) => row(i, `2026-11-24 ${two(9 + i % 3)}:${two(i % 4 * 15)}`, { status: 'valid', copay_percent: 30 })),
	down: () => Array.from({ length: 40 }, (_, i) => row(i, `2026-11-24 ${time()}`, { status: 'error', retryable: true, warnings: [timeout] })),
	hostile: () => hostile,
};

for (const r of lists[name]())
	console.log(JSON.stringify(r));
