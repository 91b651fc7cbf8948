import { InvalidArgumentError } from 'commander';
import { POLL_INTERVAL } from '../feeds/poll-interval.js';
import type { ContentPolicy } from '../jobs/subscribed-feed.js';

/** The most rows that a listing prints. */
const MAX_ROWS = 1_000_000;
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** Parses `--content`. @throws {InvalidArgumentError} unless it is "page" or "feed" */
export function parseContentPolicy(text: string): ContentPolicy {
  if (text === 'page' || text === 'feed') return text;
  throw new InvalidArgumentError('Expected "page" (fetch each article\'s page) or "feed" (keep the feed\'s own content).');
}

/** Parses a number of minutes. @returns milliseconds; @throws {InvalidArgumentError} for anything else */
export function parseMinutes(text: string): number {
  const { shortest, longest } = POLL_INTERVAL;
  const ms = Number(text) * 60_000;
  if (ms >= shortest && ms <= longest) return Math.round(ms);
  throw new InvalidArgumentError(`Expected a number of minutes from ${shortest / 60_000} to ${longest / 60_000} (24 days).`);
}

/** Parses a number of rows. @throws {InvalidArgumentError} unless it is a whole number from 1 to MAX_ROWS */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_ROWS) return count;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_ROWS}.`);
}

/** Parses the number of a revision. @throws {InvalidArgumentError} unless it is a whole number without leading zeros */
export function parseRevision(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a revision. To see them: --revisions');
}

/** Parses a number of rows, or `all`, which is infinity. @throws {InvalidArgumentError} for anything else */
export const parseCountOrAll = (text: string): number => (text === 'all' ? Number.POSITIVE_INFINITY : parseCount(text));

/**
 * Parses a point in time: a date (`2026-03-01`, `2026-03-01T12:00Z`), or how long ago (`90m`, `12h`, `7d`, `2w`).
 * @throws {InvalidArgumentError} for anything else
 */
export function parseSince(text: string): Date {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const date = unit ? new Date(Date.now() - Number(count) * (UNIT_MS[unit] ?? 0)) : new Date(text);
  if (/^\d/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('Expected a date such as 2026-03-01, or an age such as 90m, 12h, 7d or 2w.');
}
