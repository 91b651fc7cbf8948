import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { releaseChangelog } from '../../../scripts/release/changelog.mjs';
import { nextVersion, setChartVersion, setVersion } from '../../../scripts/release/version.mjs';

describe('nextVersion', () => {
  it.each([
    ['0.1.0', 'patch', '0.1.1'],
    ['0.1.9', 'minor', '0.2.0'],
    ['0.9.3', 'major', '1.0.0'],
    ['0.9.0', '0.10.0', '0.10.0'],
    ['1.2.3', '2.0.0', '2.0.0'],
  ])('of %s, asked for %s, is %s', (current, request, version) => expect(nextVersion(current, request)).toBe(version));

  it.each([
    ['0.1.0', '0.1.0', /not later/],
    ['0.2.0', '0.1.9', /not later/],
    ['1.0.0', '0.9.9', /not later/],
    ['0.1.0', 'v0.2.0', /not a version/],
    ['0.1.0', '0.2', /not a version/],
    ['0.1.0', '0.2.0-rc.1', /not a version/],
    ['0.1.0', '01.0.0', /not a version/],
  ])('of %s refuses %s', (current, request, message) => expect(() => nextVersion(current, request)).toThrow(message));
});

describe('setVersion', () => {
  it.each(['package.json', 'package-lock.json'])('changes only the version of %s', async (name) => {
    const before = await readFile(name, 'utf8');
    const after = setVersion(before, '98.7.6');
    expect(JSON.parse(after)).toMatchObject({ version: '98.7.6' });
    if (name === 'package-lock.json') expect(JSON.parse(after)).toMatchObject({ packages: { '': { version: '98.7.6' } } });
    expect(setVersion(after, (JSON.parse(before) as { version: string }).version)).toBe(before);
  });
});

it('sets both versions of the chart', async () => {
  const chart = setChartVersion(await readFile('deploy/helm/feedmill/Chart.yaml', 'utf8'), '98.7.6');
  expect(chart.match(/98\.7\.6/g)).toHaveLength(2);
  expect(() => setChartVersion('name: other\n', '1.0.0')).toThrow(/Chart.yaml/);
});

describe('releaseChangelog', () => {
  const changelog = (pending: string, rest = '') => `# Changelog\n\nIntroduction.\n\n## Pending\n${pending}${rest}`;
  const released = '\n## 0.1.0 - 2026-11-24\n\n- First.\n';

  it.each([
    ['the first release', changelog('\n- New.\n'), changelog('\n## 0.2.0 - 2027-01-31\n\n- New.\n')],
    [
      'a later release',
      changelog('\n### Added\n\n- New.\n', released),
      changelog('\n## 0.2.0 - 2027-01-31\n\n### Added\n\n- New.\n', released),
    ],
  ])('dates %s and opens a new "Pending"', (_, before, after) =>
    expect(releaseChangelog(before, '0.2.0', '2027-01-31')).toBe(after),
  );

  it.each([
    ['without "Pending"', '# Changelog\n', /no heading "## Pending"/],
    ['without changes', changelog('', released), /lists no changes/],
    ['with headings but no changes', changelog('\n### Added\n', released), /lists no changes/],
    ['that already has the version', changelog('\n- New.\n', '\n## 0.2.0 - 2026-12-01\n'), /already has a heading for 0\.2\.0/],
  ])('refuses a changelog %s', (_, text, message) =>
    expect(() => releaseChangelog(text, '0.2.0', '2027-01-31')).toThrow(message),
  );
});

describe('npm run release', () => {
  let folder: string;
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

  const env = {
    ...process.env,
    ...{ GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@n.example', GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@n.example' },
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  };
  const exec = (command: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const git = (...args: string[]) => exec('git', ...args).stdout.trim();
  const release = (...args: string[]) => exec(process.execPath, 'scripts/release.mjs', ...args);
  const state = () => [git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedmill-release-'));
    folders.push(folder);
    await mkdir(join(folder, 'scripts'));
    await cp('scripts/release.mjs', join(folder, 'scripts/release.mjs'));
    await cp('scripts/release', join(folder, 'scripts/release'), { recursive: true });
    await writeFile(join(folder, 'package.json'), setVersion('{"version":"0.1.0"}', '0.1.0'));
    await writeFile(join(folder, 'package-lock.json'), setVersion('{"version":"0.1.0","packages":{"":{}}}', '0.1.0'));
    await cp('deploy/helm/feedmill/Chart.yaml', join(folder, 'deploy/helm/feedmill/Chart.yaml'));
    await writeFile(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## Pending\n\n- New.\n');
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '-m', 'first');
  });

  it('prints each step of a dry run and changes nothing', () => {
    const before = state();
    const { status, stdout } = release('minor', '--dry-run', '--no-image');
    expect(stdout.split('\n')).toEqual([
      'would run the checks: .ci/run',
      'would write package.json',
      'would write package-lock.json',
      'would write deploy/helm/feedmill/Chart.yaml',
      'would write CHANGELOG.md',
      'would commit: chore(release): 0.2.0',
      'would tag: v0.2.0',
      'Nothing was changed.',
      '',
    ]);
    expect(status).toBe(0);
    expect(state()).toEqual(before);
  });

  it('builds one image for two platforms, with a bill of materials', async () => {
    const bin = join(folder, '../', `docker-${folder.split('-').at(-1)}`);
    folders.push(bin);
    await mkdir(bin);
    await writeFile(join(bin, 'docker'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const { stdout } = spawnSync(process.execPath, ['scripts/release.mjs', 'minor', '--dry-run'], {
      cwd: folder,
      env: { ...env, PATH: `${bin}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    expect(stdout).toMatch(
      /docker buildx build --platform linux\/amd64,linux\/arm64 --sbom=true .* feedmill:0\.2\.0 .*oci,dest=feedmill-0\.2\.0\.tar/,
    );
  });

  it('sets the version, dates the changelog, commits and tags', async () => {
    expect(release('0.3.0', '--skip-checks', '--no-image')).toMatchObject({ status: 0, stderr: '' });
    expect(git('log', '-1', '--format=%s')).toBe('chore(release): 0.3.0');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('rev-parse', 'v0.3.0^{commit}')).toBe(git('rev-parse', 'HEAD'));
    expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toMatchObject({ version: '0.3.0' });
    expect(JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))).toMatchObject({
      version: '0.3.0',
      packages: { '': { version: '0.3.0' } },
    });
    expect(await readFile(join(folder, 'CHANGELOG.md'), 'utf8')).toMatch(
      /^# Changelog\n\n## Pending\n\n## 0\.3\.0 - \d{4}-\d\d-\d\d\n\n- New\.\n$/,
    );
    // Nothing is pending now.
    expect(release('patch', '--skip-checks', '--no-image')).toMatchObject({ status: 1 });
  });

  it.each([
    ['a dirty work tree', () => writeFile(join(folder, 'new.txt'), ''), ['minor'], 1, /not clean[\s\S]*new\.txt/],
    ['another branch', () => git('switch', '--quiet', '-c', 'topic'), ['minor'], 1, /made on main; this is topic/],
    ['an existing tag', () => git('tag', 'v0.2.0'), ['minor'], 1, /tag v0\.2\.0 already exists/],
    ['failing checks', () => undefined, ['minor'], 1, /"bash \.ci\/run" failed/],
    ['no version', () => undefined, [], 2, /Name one version/],
    ['an unknown option', () => undefined, ['minor', '--frob'], 2, /--frob[\s\S]*--help/],
    ['an earlier version', () => undefined, ['0.0.9'], 2, /not later/],
  ])('refuses %s', async (_, prepare, args, status, message) => {
    await prepare();
    const before = state();
    expect(release(...args, '--no-image')).toMatchObject({ status, stderr: expect.stringMatching(message) as string });
    expect(state()).toEqual(before);
  });

  it('prints its help', () =>
    expect(release('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: /) as string }));
});
