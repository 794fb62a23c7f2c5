/*
 * The report page in a browser and on paper: check.mjs FOLDER PAGE...  Run by tests/report/check in a folder with the tools in
 * node_modules; leaves FOLDER/NAME-*.png and FOLDER/NAME.pdf to be looked at.  TAP.  At the end pages are spoiled on purpose: each
 * mistake must be noticed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(resolve('node_modules/x'));
const { HtmlValidate } = require('html-validate');
const puppeteer = require('puppeteer-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const [folder, ...pages] = process.argv.slice(2);
const A4 = [595, 842];		/* points */
const SCREENS = [[360, 'light'], [360, 'dark'], [1280, 'light'], [1280, 'dark']];
const SMALLEST = 9.5;		/* CSS pixels, of digits in the picture */
let failed = 0, count = 0;

function test(name, problems) {
	count++;
	failed += problems.length > 0;
	console.log(`${problems.length > 0 ? 'not ok' : 'ok'} ${count} - ${name}`);
	for (const p of problems.slice(0, 10))
		console.log(`#   ${p}`);
}

/* Not its opinions on style, nor on the length of a title. */
const validator = new HtmlValidate({ root: true, extends: ['html-validate:recommended', 'html-validate:a11y', 'html-validate:document'],
	rules: { 'void-style': 'off', 'long-title': 'off' } });

async function validate(path) {
	const report = await validator.validateString(readFileSync(path, 'utf8'), path);

	return report.results.flatMap((r) => r.messages).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
}

/* Runs in the page: what must not be there, and what is too wide or too small. */
function look(smallest) {
	const all = (what) => [...document.querySelectorAll(what)];
	const sheet = document.styleSheets[0];
	const shown = all('body *').filter((e) => e.getClientRects().length > 0 && !e.closest('.unseen, thead, .patterns'));
	const right = document.documentElement.clientWidth + 0.5;
	const ids = all('[id]').map((e) => e.id);
	const scale = document.querySelector('.picture')?.getScreenCTM().a ?? 1;
	const found = [];

	const say = (list, what) => list.length > 0 && found.push(`${what}: ${list.slice(0, 3).map((e) => e.outerHTML?.slice(0, 60) ?? e)}`);
	say(sheet === undefined || sheet.cssRules.length < 20 ? ['its hash is another'] : [], 'the style is not applied');
	say(all('script, [src], link, iframe, object, embed, form, base, meta[http-equiv=refresh]'), 'not for this page');
	say(all('[style]'), 'inline style');
	say(all('*').filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))), 'handler');
	say(shown.filter((e) => e.getBoundingClientRect().right > right), 'wider than the screen');
	say(all('.picture text').filter((t) => parseFloat(getComputedStyle(t).fontSize) * scale < smallest), 'too small');
	say(ids.filter((id, i) => ids.indexOf(id) !== i), 'id there twice');
	return found;
}

async function open(browser, path, problems) {
	const page = await browser.newPage();

	page.on('request', (r) => r.url() !== pathToFileURL(path).href && problems.push(`fetches ${r.url()}`));
	page.on('console', (m) => problems.push(`console: ${m.text()}`));
	page.on('pageerror', (e) => problems.push(String(e)));
	page.on('dialog', (d) => {
		problems.push('a script ran');
		d.dismiss();
	});
	return page;
}

async function screen(browser, path, [width, scheme], picture) {
	const problems = [];
	const page = await open(browser, path, problems);

	await page.setViewport({ width, height: 900 });
	await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
	await page.goto(pathToFileURL(path).href);
	problems.push(...await page.evaluate(look, SMALLEST));
	await page.evaluate(axe);
	const result = await page.evaluate((values) => globalThis.axe.run({ runOnly: values }), RULES);
	if (result.passes.length < 20)
		problems.push(`axe-core looked at ${result.passes.length} things only`);
	for (const v of result.violations)
		problems.push(`axe-core: ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 120)}`);
	if (picture)
		await page.screenshot({ path: picture, fullPage: true });
	await page.close();
	return problems;
}

const words = (text) => text.replace(/\s+/g, '');

/* Everybody is on paper; a table that goes on over a sheet has its head there again; nothing is cut off. */
async function paper(browser, path, pdf) {
	const problems = [];
	const page = await open(browser, path, problems);

	await page.goto(pathToFileURL(path).href);
	await page.pdf({ path: pdf, preferCSSPageSize: true, printBackground: false });
	const head = await page.evaluate(() => document.querySelector('.people th.who')?.textContent);
	const ids = (await page.evaluate(() => [...document.querySelectorAll('.people .id')].map((e) => e.textContent))).filter((id) => /^\d+$/.test(id));
	await page.close();
	const info = execFileSync('pdfinfo', [pdf], { encoding: 'utf8' });
	const size = /^Page size:\s+([\d.]+) x ([\d.]+)/m.exec(info).slice(1).map(Number);
	const sheets = Number(/^Pages:\s+(\d+)/m.exec(info)[1]);
	const texts = execFileSync('pdftotext', [pdf, '-'], { encoding: 'utf8' }).split('\f').slice(0, sheets).map(words);
	if (size.some((v, i) => Math.abs(v - A4[i]) > 1))
		problems.push(`the paper is ${size}`);
	for (const id of ids.filter((i) => !texts.some((t) => t.includes(i))))
		problems.push(`not on paper: ${id}`);
	texts.forEach((t, i) => {
		if (!t.includes(`${i + 1}/${sheets}`))
			problems.push(`sheet ${i + 1} has no number`);
		if (ids.some((id) => t.includes(id)) && !t.includes(head))
			problems.push(`sheet ${i + 1} has rows and no head`);
	});
	return { sheets, problems };
}

/* Each control spoils a page as a mistake in ours would, and the check it names must notice. */
const controls = [
	['a style that is not the one allowed', 'screen', 'A', (s) => s.replace('--ink: #16191d', '--ink: #16191e')],
	['a script', 'screen', 'A', (s) => s.replace('<main>', '<main><script>alert(1)</script>')],
	['a name that is markup', 'screen', 'A', (s) => s.replace('<bdi class="name" lang="ja">', '<bdi class="name" lang="ja"><img src="x" alt="x">')],
	['an inline style', 'screen', 'A', (s) => s.replace('<main>', '<main style="color: red">')],
	['a handler', 'screen', 'A', (s) => s.replace('<main>', '<main onclick="alert(1)">')],
	['letters too pale', 'screen', 'B', (s) => s.replaceAll('--soft: #545c66', '--soft: #b0b8c0')],
	['a table that is too wide', 'screen', 'B', (s) => s.replace('overflow-wrap: anywhere;', '').replace('<bdi class="name" lang="ja">', `<bdi class="name" lang="ja">${'W'.repeat(90)}`)],
	['a picture without a name', 'screen', 'A', (s) => s.replace(' aria-labelledby="picture-title picture-desc"', '').replace(/<title id.*?<\/title>/s, '')],
	['a picture too small', 'screen', 'B', (s) => s.replace('.picture text { font-size: 12px', '.picture text { font-size: 6px')],
	['a tag that is not closed', 'validate', 'A', (s) => s.replace('</span></li>', '</li>')],
	['a table without its head on every sheet', 'paper', 'B', (s) => s.replace('display: table-header-group', 'display: table-row-group')],
	['another paper', 'paper', 'B', (s) => s.replace('size: A4 portrait', 'size: letter')],
	['people left out on paper', 'paper', 'B', (s) => s.replace('@media print {', '@media print { .people tr:nth-child(2) { display: none; }')],
];

/* Kind B changes the style, and the hash with it. */
function spoil(text, kind, change) {
	const spoiled = change(text);
	const style = /<style>(.*?)<\/style>/s.exec(spoiled)[1];

	if (spoiled === text)
		throw new Error('the control changes nothing');
	return kind === 'A' ? spoiled : spoiled.replace(/'sha256-[^']*'/, `'sha256-${createHash('sha256').update(style).digest('base64')}'`);
}

async function control(browser, original, [name, check, kind, change]) {
	const path = resolve(folder, 'spoiled.html');

	writeFileSync(path, spoil(readFileSync(original, 'utf8'), kind, change));
	const found = check === 'validate' ? await validate(path) : check === 'paper' ?
		(await paper(browser, path, `${folder}/spoiled.pdf`)).problems : await screen(browser, path, SCREENS[0]);
	test(`noticed: ${name} (${found[0]?.slice(0, 90)})`, found.length > 0 ? [] : ['was not noticed']);
}

/* The browser's own sandbox does not work for root. */
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: process.getuid() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'] });
try {
	for (const path of pages.map((p) => resolve(p))) {
		const name = basename(path, '.html');

		test(`${name}: html-validate`, await validate(path));
		for (const s of SCREENS)
			test(`${name}: ${s[0]} px, ${s[1]}`, await screen(browser, path, s, `${folder}/${name}-${s[0]}-${s[1]}.png`));
		const { sheets, problems } = await paper(browser, path, `${folder}/${name}.pdf`);
		test(`${name}: ${sheets} sheets of A4`, problems);
	}
	for (const c of controls)
		await control(browser, resolve(pages.find((p) => basename(p) === 'day.html')), c);
} finally {
	await browser.close();
}
console.log(`1..${count}`);
process.exitCode = failed > 0 ? 1 : 0;
