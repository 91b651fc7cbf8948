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
