import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMPATIBLE_FROM, isLaterVersion, readLevel } from '../../../db/compatibility.js';

describe('isLaterVersion', () => {
  it.each([
    ['0.2.0', '0.1.9', true],
    ['0.10.0', '0.9.0', true],
    ['1.0.0', '0.99.99', true],
    ['0.1.1', '0.1.0', true],
    ['0.1.0', '0.1.0', false],
    ['0.1.9', '0.2.0', false],
    ['0', '0.1.0', false],
  ])('%s after %s: %s', (a, b, later) => expect(isLaterVersion(a, b)).toBe(later));
});

describe('readLevel', () => {
  it('finds the migration that programs must know', () => {
    const journal = JSON.parse(readFileSync('db/migrations/meta/_journal.json', 'utf8'));
    const { newest, compatibleFrom } = readLevel(journal, '0.1.0');
    expect(compatibleFrom).toBeGreaterThan(0);
    expect(newest).toBeGreaterThanOrEqual(compatibleFrom);
  });

  it('fails when that was renamed or removed', () =>
    expect(() => readLevel({ entries: [{ when: 1, tag: '0000_other' }] }, '0.1.0')).toThrow(COMPATIBLE_FROM));
});

describe('migrations after the one that programs must know', () => {
  const journal = JSON.parse(readFileSync('db/migrations/meta/_journal.json', 'utf8')) as { entries: { tag: string }[] };
  const tags = journal.entries.map(({ tag }) => tag);
  const later = tags.slice(tags.indexOf(COMPATIBLE_FROM) + 1);

  /** What the program before would stumble over, and what visits all rows of a table. */
  const NOT_ADDED = [
    /\bDROP (TABLE|COLUMN|SCHEMA|SEQUENCE)\b/i,
    /\bRENAME\b/i,
    /\bALTER COLUMN \S+ (SET DATA )?TYPE\b/i,
    /\bALTER COLUMN \S+ SET NOT NULL\b/i,
    /\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b/i,
    /^\s*(UPDATE|DELETE)\b/im,
  ];

  it.each([
    ['ALTER TABLE a ADD COLUMN b integer DEFAULT 0 NOT NULL', true],
    ['ALTER TABLE a ADD COLUMN b text', true],
    ['ALTER TABLE a ALTER COLUMN b DROP NOT NULL', true],
    ['DROP INDEX a', true],
    ['ALTER TABLE a ADD COLUMN b integer NOT NULL', false],
    ['ALTER TABLE a DROP COLUMN b', false],
    ['ALTER TABLE a ALTER COLUMN b SET DATA TYPE bigint', false],
    ['ALTER TABLE a RENAME COLUMN b TO c', false],
    ['UPDATE a SET b = 1', false],
  ])('the check knows whether this only adds: %s', (sql, added) =>
    expect(NOT_ADDED.some((pattern) => pattern.test(sql))).toBe(!added),
  );

  it.each(later)('%s only adds, or names itself in db/compatibility.ts', (tag) => {
    const sql = readFileSync(`db/migrations/${tag}.sql`, 'utf8');
    expect(NOT_ADDED.filter((pattern) => pattern.test(sql)).map(String)).toEqual([]);
  });
});
