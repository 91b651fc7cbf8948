import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What `pattern` finds in a file of the project: its first group. */
const find = (file: string, pattern: RegExp): string[] =>
  [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name = '']) => name);

const settings = find('src/config.ts', /^ {2}([A-Z_]+):/gm);

/** The settings that docker-compose.yml has no use for, because its containers have no embedded Postgres and no sample sites. */
const NOT_IN_CONTAINERS = ['FEEDMILL_DATA', 'EMBEDDED_POSTGRES_PORT', 'SAMPLER_PORT'];

describe('every setting', () => {
  it('is described in docs/settings.md in the order of src/config.ts, and nothing else is', () => {
    const names = find('docs/settings.md', /^\| (`[A-Z_`, ]+`)/gm);
    expect(names.flatMap((name) => name.match(/[A-Z_]+/g) ?? [])).toEqual(settings);
  });

  it('that README.md shows is described as in docs/settings.md', () => {
    const readRows = (file: string) => find(file, /^(\| `[A-Z_`, ]+`.*)/gm).map((row) => row.replace(/ +/g, ' '));
    const rows = readRows('README.md');
    expect(rows.length).toBeGreaterThan(5);
    expect(readRows('docs/settings.md')).toEqual(expect.arrayContaining(rows));
  });

  it('is passed on to the containers, or set for them', () => {
    const passed = find('docker-compose.yml', /^ +([A-Z_]+):/gm);
    expect(settings.filter((name) => !passed.includes(name) && !NOT_IN_CONTAINERS.includes(name))).toEqual([]);
  });
});
