#!/usr/bin/env node
// `npm run release -- VERSION`: makes a release of the current state of main.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { releaseChangelog } from './release/changelog.mjs';
import { ReleaseError } from './release/release-error.mjs';
import { nextVersion, setChartVersion, setVersion } from './release/version.mjs';

const HELP = `Usage: npm run release -- VERSION [options]

Makes a release: runs the checks, sets the version, dates the changelog, commits, tags, and builds the Docker image for
amd64 and arm64, with a software bill of materials (SBOM), as the archive feedmill-VERSION.tar. Needs a clean work tree
on the branch main. Pushes nothing.

VERSION is major, minor or patch (the part of the current version to raise), or a version such as 1.2.3.

Options:
  --dry-run      print each step, and change nothing
  --skip-checks  do not run .ci/run
  --no-image     do not build the Docker image
  --help         print this text

Exit codes: 0 released, 1 the repository is not ready or a step failed, 2 the command line is wrong.`;

const CHART = 'deploy/helm/feedmill/Chart.yaml';
/** Both platforms, with what the image contains (SBOM) and how it was built (provenance), which its archive keeps. */
const IMAGE_OPTIONS = ['--platform', 'linux/amd64,linux/arm64', '--sbom=true', '--provenance=mode=max'];

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else release(options);
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

function readOptions(args) {
  const flag = { type: 'boolean', default: false };
  const options = { 'dry-run': flag, 'skip-checks': flag, 'no-image': flag, help: flag };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (!values.help && positionals.length !== 1) throw new Error('Name one version to release.');
    return { ...values, request: positionals[0] };
  } catch (error) {
    throw new ReleaseError(`${error.message}\nFor help: npm run release -- --help`, 2);
  }
}

function release({ request, 'dry-run': dryRun, 'skip-checks': skipChecks, 'no-image': noImage }) {
  const version = nextVersion(JSON.parse(read('package.json')).version, request);
  const tag = `v${version}`;
  checkRepository(tag);
  const files = {
    'package.json': setVersion(read('package.json'), version),
    'package-lock.json': setVersion(read('package-lock.json'), version),
    [CHART]: setChartVersion(read(CHART), version),
    'CHANGELOG.md': releaseChangelog(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10)),
  };
  const step = (title, run) => {
    console.log(dryRun ? `would ${title}` : title);
    if (!dryRun) run();
  };

  if (!skipChecks) step('run the checks: .ci/run', () => execute('bash', ['.ci/run']));
  for (const [name, text] of Object.entries(files)) step(`write ${name}`, () => writeFileSync(join(root, name), text));
  step(`commit: chore(release): ${version}`, () =>
    execute('git', ['commit', '--quiet', '-m', `chore(release): ${version}`, '--', ...Object.keys(files)]),
  );
  step(`tag: ${tag}`, () => execute('git', ['tag', '--annotate', '-m', `Feedmill ${version}`, tag]));
  if (!noImage) buildImage(version, step);
  console.log(dryRun ? 'Nothing was changed.' : `Released ${version}. To publish it: git push origin main ${tag}`);
}

/** @throws {ReleaseError} unless the work tree is clean, the branch is main, and the tag is new */
function checkRepository(tag) {
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD');
  if (branch !== 'main') throw new ReleaseError(`Releases are made on main; this is ${branch}.`);
  const changed = git('status', '--porcelain');
  if (changed) throw new ReleaseError(`The work tree is not clean. Commit or stash these first:\n${changed}`);
  if (git('tag', '--list', tag)) throw new ReleaseError(`The tag ${tag} already exists.`);
}

function buildImage(version, step) {
  if (spawnSync('docker', ['--version']).status !== 0) {
    console.log('Docker is not installed, so no image is built.');
    return;
  }
  const args = [
    'buildx',
    'build',
    ...IMAGE_OPTIONS,
    '--tag',
    `feedmill:${version}`,
    '--output',
    `type=oci,dest=feedmill-${version}.tar`,
    '.',
  ];
  const command = `docker ${args.join(' ')}`;
  const advice = [
    `The commit and the tag v${version} are made. To build the image by hand: ${command}`,
    'The default builder may not build for two platforms; this one does: docker buildx create --use',
  ].join('\n');
  step(`build the image: ${command}`, () => execute('docker', args, advice));
}

function read(name) {
  return readFileSync(join(root, name), 'utf8');
}

function git(...args) {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new ReleaseError(`"git ${args.join(' ')}" failed: ${(error?.message ?? stderr).trim()}`);
  return stdout.trim();
}

/** Runs a program with its output shown. @throws {ReleaseError} when it fails; `advice` says how to continue */
function execute(command, args, advice = '') {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new ReleaseError([`"${command} ${args.join(' ')}" failed.`, advice].filter(Boolean).join('\n'));
}
