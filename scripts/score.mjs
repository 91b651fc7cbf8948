#!/usr/bin/env node
// `npm run score -- NAME [flags]`: our side of a scorer that lies in the shared folder beside the project (SHARED, default ../shared).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const shared = resolve(root, process.env.SHARED ?? '../shared');

/** The arguments of node for each score: the scorer, and what of ours it runs. */
const SCORES = { extraction, feeds };

const [name = '', ...flags] = process.argv.slice(2);
if (!Object.hasOwn(SCORES, name)) {
  fail(`Usage: npm run score -- NAME [flags of the scorer], NAME one of: ${Object.keys(SCORES).join(', ')}`);
}
const { status } = spawnSync(process.execPath, ['--import', 'tsx', ...SCORES[name](flags)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

/** Bodies and metadata of real pages; all collections unless `--set` names some. */
function extraction(flags) {
  const folder = scorer('extraction');
  const sets = flags.includes('--set') ? [] : collections(folder).flatMap((dir) => ['--set', dir]);
  return [join(folder, 'score.mjs'), '--module', join(root, 'bench/score-extraction.ts'), ...sets, ...flags];
}

/** What documents of feeds hold; all cases unless `--cases` names a file of others. */
function feeds(flags) {
  return [join(scorer('feeds'), 'score.mjs'), '--module', join(root, 'bench/score-feeds.ts'), ...flags];
}

function scorer(name) {
  const folder = join(shared, name);
  if (!existsSync(join(folder, 'score.mjs')))
    fail(`No scorer in ${folder}. Set SHARED to the folder that holds ${name}/score.mjs.`);
  return folder;
}

/** Folders that hold a truth.json, at any depth. */
function collections(folder) {
  if (existsSync(join(folder, 'truth.json'))) return [folder];
  return readdirSync(folder)
    .map((entry) => join(folder, entry))
    .filter((path) => statSync(path).isDirectory())
    .flatMap(collections);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
