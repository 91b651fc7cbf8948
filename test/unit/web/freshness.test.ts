import { expect, it } from 'vitest';
import { remainingFreshnessMs } from '../../../src/web/freshness.js';

const headers = (given: Record<string, string>) => (name: string) => given[name];

// RFC 9111 §4.2.1, §5.2.2.
it.each<[Record<string, string>, number | undefined]>([
  [{ 'cache-control': 'public, max-age=600' }, 600_000],
  [{ 'cache-control': 'max-age=600', age: '100' }, 500_000],
  [{ 'cache-control': 's-maxage=9, max-age="600"' }, 600_000],
  [{ 'cache-control': 'no-cache, max-age=600' }, undefined],
  [{ 'cache-control': 'no-store', expires: 'Sun, 01 Mar 2026 13:00:00 GMT' }, undefined],
  [{ 'cache-control': 'no-cache-at-all, max-age=600' }, 600_000],
  [{ expires: 'Sun, 01 Mar 2026 13:00:00 GMT' }, undefined],
  [{ expires: 'Sun, 01 Mar 2026 13:00:00 GMT', date: 'Sun, 01 Mar 2026 12:30:00 GMT' }, 1_800_000],
  [{ expires: '0', date: 'Sun, 01 Mar 2026 12:30:00 GMT' }, 0],
  [{}, undefined],
])('is fresh as long as the headers say: %j', (given, ms) => expect(remainingFreshnessMs(headers(given))).toBe(ms));
