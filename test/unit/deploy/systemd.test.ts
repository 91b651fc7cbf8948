import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const UNITS = 'deploy/systemd';
const isInstalled = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!isInstalled)
  console.warn(
    `\n${'!'.repeat(80)}\nsystemd-analyze is not installed: the units in ${UNITS} were NOT CHECKED.\n${'!'.repeat(80)}\n`,
  );

/** Exposure by `systemd-analyze security`, from 0 to 10, times ten. Below 20 it calls a service OK. */
const MAX_EXPOSURE = 20;

// Instances instead of templates, and this machine's Node, since the check wants to see the program.
const folder = mkdtempSync(join(tmpdir(), 'feedmill-units-'));
afterAll(() => rmSync(folder, { recursive: true }));
const units = readdirSync(UNITS)
  .filter((name) => !name.endsWith('.env'))
  .map((name) => {
    const path = join(folder, name.replace('@.', '@1.'));
    writeFileSync(path, readFileSync(join(UNITS, name), 'utf8').replace('/usr/bin/node', process.execPath));
    return path;
  });
const services = units.filter((path) => path.endsWith('.service'));

describe.skipIf(!isInstalled)('the systemd units', () => {
  it('are understood by systemd', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...units], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it.each(services)('%s is confined', (path) => {
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', `--threshold=${MAX_EXPOSURE}`, path], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/Overall exposure level for .*: [01]\.\d /);
  });
});

it('there is a unit for each role', () => {
  const roles = services.map((path) => /feedmill\.mjs start (\w+)/.exec(readFileSync(path, 'utf8'))?.[1]);
  const [, choices = ''] = /choices\(\[(.*), 'all'\]\)/.exec(readFileSync('src/cli/program.ts', 'utf8')) ?? [];
  expect(roles.map((role) => `'${role}'`).toSorted()).toEqual(choices.split(', ').toSorted());
});
