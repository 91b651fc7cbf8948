import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What `pattern` finds in a file of the project: its first group. */
const find = (file: string, pattern: RegExp): string[] =>
  [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name = '']) => name);

const settings = find('src/config.ts', /^ {2}([A-Z_]+):/gm);

/** The settings that docker-compose.yml has no use for, because its containers have no embedded Postgres and no sample sites. */
const NOT_IN_CONTAINERS = ['FEEDMILL_DATA', 'EMBEDDED_POSTGRES_PORT', 'SAMPLER_PORT'];

describe('every setting', () => {
  it('is described in README.md, and nothing else is', () => {
    const rows = find('README.md', /^\| (`[A-Z_`, ]+`)/gm);
    expect(rows.flatMap((row) => row.match(/[A-Z_]+/g) ?? []).toSorted()).toEqual(settings.toSorted());
  });

  it('is passed on to the containers, or set for them', () => {
    const passed = find('docker-compose.yml', /^ +([A-Z_]+):/gm);
    expect(settings.filter((name) => !passed.includes(name) && !NOT_IN_CONTAINERS.includes(name))).toEqual([]);
  });
});
