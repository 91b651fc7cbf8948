#!/usr/bin/env node
// `npm run score -- NAME [flags]`: runs Feedmill against a scorer in the folder SHARED (default: ../shared, beside the project).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const shared = resolve(root, process.env.SHARED ?? '../shared');

/** For each score, a function that returns Node's arguments: the scorer, and our module that it measures. */
const SCORES = { extraction, feeds };

const [name = '', ...flags] = process.argv.slice(2);
if (!Object.hasOwn(SCORES, name)) {
  fail(`Usage: npm run score -- NAME [flags of the scorer]\nNAME is one of: ${Object.keys(SCORES).join(', ')}`);
}
const { status } = spawnSync(process.execPath, ['--import', 'tsx', ...SCORES[name](flags)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

/** Scores the bodies and metadata of real pages: all collections, unless `--set` selects some. */
function extraction(flags) {
  const folder = findScorer('extraction');
  const sets = flags.includes('--set') ? [] : findCollections(folder).flatMap((dir) => ['--set', dir]);
  return [join(folder, 'score.mjs'), '--module', join(root, 'bench/score-extraction.ts'), ...sets, ...flags];
}

/** Scores the parsing of feed documents: all cases, unless `--cases` names another file of cases. */
function feeds(flags) {
  return [join(findScorer('feeds'), 'score.mjs'), '--module', join(root, 'bench/score-feeds.ts'), ...flags];
}

/** The folder of a scorer. Exits if there is none. */
function findScorer(name) {
  const folder = join(shared, name);
  if (!existsSync(join(folder, 'score.mjs')))
    fail(`There is no scorer in ${folder}. Set SHARED to the folder that contains ${name}/score.mjs.`);
  return folder;
}

/** All folders below `folder`, at any depth, that contain a truth.json. */
function findCollections(folder) {
  if (existsSync(join(folder, 'truth.json'))) return [folder];
  return readdirSync(folder)
    .map((entry) => join(folder, entry))
    .filter((path) => statSync(path).isDirectory())
    .flatMap(findCollections);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
