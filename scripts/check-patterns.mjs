#!/usr/bin/env node
// `npm run patterns`: checks that every regular expression of src/, db/ and workers/ takes linear time, with recheck.
//
// A regular expression that takes quadratic time on text from the web lets a hostile page block a worker for minutes. The check
// covers literals, and what the modules of src/ build while they are imported (word lists and `new RegExp`). Expressions that are
// only applied to short text are accepted if scripts/patterns/bounded.mjs names the limit and what enforces it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import recheck from 'recheck';
import { BOUNDED, BUILT_IN_FUNCTIONS } from './patterns/bounded.mjs';
import { readPatterns, recordBuiltPatterns } from './patterns/collect.mjs';

const HELP = `Usage: npm run patterns -- [options]

Checks that the regular expressions of src/, db/ and workers/ take linear time.

  --only <text>  check only files whose path contains this text
  --json         print the findings as JSON Lines
  --help         print this help

Exit codes: 0 for none, 1 for an expression that may take more than linear time and is not in scripts/patterns/bounded.mjs.`;

/** Time limit for one expression, in ms. Most take a few; the slowest take a second on an idle machine. */
const TIMEOUT_MS = 30_000;

/** Length from which the beginning of an expression is enough to name it, in characters. */
const MIN_PREFIX = 11;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Checks one expression. @returns what is wrong with it; undefined if it takes linear time */
function findProblem({ source, flags }) {
  // Flags that don't affect the time, or that the checker does not know.
  const result = recheck.checkSync(
    source,
    flags.replace(/[dv]/g, (flag) => (flag === 'v' ? 'u' : '')),
    { timeout: TIMEOUT_MS },
  );
  if (result.status === 'safe') return undefined;
  if (result.status === 'unknown') return `not checked: ${result.error?.kind ?? 'unknown'} ${result.error?.message ?? ''}`.trim();
  const { complexity, attack } = result;
  return `${complexity.type === 'exponential' ? 'exponential' : complexity.summary} time, such as for ${shorten(attack.pattern)}`;
}

const shorten = (text) => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const isListed = (listed, { path, source }) =>
  listed.path === path && (listed.source === source || (listed.source.length >= MIN_PREFIX && source.startsWith(listed.source)));

/** The files of our own code whose path contains `only`. */
function listFiles(only) {
  const folders = ['src', 'db', 'workers'];
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], { cwd: root });
  return String(listed)
    .split('\n')
    .filter((path) => path.endsWith('.ts') && path.includes(only) && existsSync(`${root}/${path}`));
}

/** Checks all expressions of the files. @returns what must be fixed, and the entries of BOUNDED that were needed */
function checkAll(patterns) {
  const problems = new Map();
  const findings = [];
  const used = new Set();
  for (const pattern of patterns) {
    const key = `/${pattern.source}/${pattern.flags}`;
    if (!problems.has(key)) problems.set(key, findProblem(pattern));
    const problem = problems.get(key);
    if (!problem) continue;
    const listed = BOUNDED.findIndex((one) => isListed(one, pattern));
    if (listed >= 0) used.add(listed);
    else findings.push({ ...pattern, problem });
  }
  return { findings, used };
}

/** Calls of `RegExp` that no import made. */
function findUnseen(files, built) {
  const wasBuilt = (path, line) => built.some((one) => one.path === path && one.line === line);
  return files.flatMap(({ path, calls }) =>
    Object.hasOwn(BUILT_IN_FUNCTIONS, path)
      ? []
      : calls
          .filter((line) => !wasBuilt(path, line))
          .map((line) => ({ path, line, problem: 'built where no import of src/ builds it, so it was not checked' })),
  );
}

async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string', default: '' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const paths = listFiles(values.only);
  const modules = paths.filter((path) => path.startsWith('src/'));
  // Importing a file also imports others.
  const built = (await recordBuiltPatterns(root, modules)).filter(({ path }) => paths.includes(path));
  const files = paths.map((path) => ({ path, ...readPatterns(root, path) }));
  const patterns = [...files.flatMap(({ literals }) => literals), ...built];
  const { findings, used } = checkAll(patterns);
  const needless = values.only === '' ? BOUNDED.filter((_, i) => !used.has(i)) : [];
  const all = [
    ...findings,
    ...findUnseen(files, built),
    ...needless.map(({ path, source }) => ({ path, source, problem: 'no longer needed in scripts/patterns/bounded.mjs' })),
  ];
  for (const finding of all) console.log(values.json ? JSON.stringify(finding) : describe(finding));
  const summary = `${patterns.length} expressions (${built.length} built), ${used.size} bounded, ${all.length} to mend`;
  if (!values.json) console.log(summary);
  if (all.length > 0) process.exitCode = 1;
}

const describe = ({ path, line, source, flags, problem }) =>
  `${path}${line ? `:${line}` : ''}${source === undefined ? '' : ` /${shorten(source)}/${flags ?? ''}`}\n  ${problem}`;

await main();
