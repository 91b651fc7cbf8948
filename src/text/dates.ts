import { foldText, type WrittenAs } from './date-words.js';
import { type Clock, findClock, MIDNIGHT } from './dates/find-clock.js';
import { type Day, findDay } from './dates/find-day.js';
import { findZoneOffset, zoneAfterDay } from './dates/find-zone.js';

/** A date as a feed writes it, and the instant that it means. */
export interface FeedDate extends WrittenAs {
  at: Date;
}

/** How far ahead of now a date may be, in ms. A later one is a publisher's mistake, and no date is better than a wrong one. */
const MAX_AHEAD_MS = 2 * 86_400_000;
/**
 * The oldest date, in ms. There were no feeds before the web; an earlier date, such as 1970-01-01, is a default that nobody set.
 */
const OLDEST = Date.UTC(1971, 0, 1);
/** Longest text that is read, in characters; a longer one is not a date. */
const MAX_LENGTH = 200;

/**
 * Reads a date as feeds write it: RFC 822 and its successors, ISO 8601, asctime, Unix times, dates in some forty languages, and
 * near misses of all of these, with other words around. Where a text is ambiguous,
 * - a missing, unknown or military zone (RFC 2822 §4.3) means UTC, but Korean texts mean Korea's only zone, UTC+9;
 * - zone names are taken literally: EST in July is UTC−5;
 * - 3/4/2024 is decided by its weekday, else by the region of its zone name, else it is not read; 3.4.2024 has the day first;
 * - a wrong weekday is ignored; years of two digits follow RFC 2822 §4.3; years from 2400 on are Buddhist; 24:00 is the next day.
 *
 * @returns undefined for a text that is not a date, for a day or time that does not exist, and for dates that no publication can
 *   have: before 1971, or more than two days after `now`.
 */
export function readDate(text: string | undefined, now: Date): FeedDate | undefined {
  const trimmed = text?.trim();
  if (!trimmed || trimmed.length > MAX_LENGTH) return undefined;
  const read = STANDARD_DATE.test(trimmed) ? { ms: Date.parse(trimmed), zoneAssumed: false } : readFolded(foldText(trimmed));
  if (!read || read.ms < OLDEST || read.ms > now.getTime() + MAX_AHEAD_MS) return undefined;
  return { at: new Date(read.ms), text: trimmed, zoneAssumed: read.zoneAssumed };
}

/** The instant alone; see `readDate`. */
export const parseDate = (text: string | undefined, now: Date): Date | undefined => readDate(text, now)?.at;

const CLOCK = '(?:[01]\\d|2[0-3])(?::[0-5]\\d){2}';
const OFFSET_HOURS = '[+-](?:0\\d|1[0-3])';
const RFC_822_DAY = '(?:0?[1-9]|1\\d|2[0-8]) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:19|20)\\d\\d';
const RFC_822 = `(?:[A-Z][a-z]{2}, )?${RFC_822_DAY} ${CLOCK} (?:GMT|${OFFSET_HOURS}[0-5]\\d)`;
const RFC_3339_DAY = '(?:19|20)\\d\\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])';
const RFC_3339 = `${RFC_3339_DAY}T${CLOCK}(?:\\.\\d{1,9})?(?:Z|${OFFSET_HOURS}:[0-5]\\d)`;
/**
 * Correct RFC 822 and RFC 3339 dates, on days that every month has. `Date.parse` reads these as we do, in a tenth of the time.
 */
const STANDARD_DATE = new RegExp(`^(?:${RFC_822}|${RFC_3339})$`);

interface Instant {
  ms: number;
  zoneAssumed: boolean;
}

/** Finds the day first, then the clock after it or before it, then the zone after the clock. */
function readFolded(text: string): Instant | undefined {
  const unixTime = /^(\d{10})(\d{3})?$/.exec(text);
  if (unixTime) return { ms: Number(unixTime[1]) * 1_000 + Number(unixTime[2] ?? 0), zoneAssumed: false };
  const found = findDay(text);
  if (!found) return undefined;
  const time = findClock(found.after) ?? findClock(found.before) ?? { clock: MIDNIGHT, tail: zoneAfterDay(found.after) };
  const local = toLocalTime(found.day, time.clock);
  return local === undefined ? undefined : toInstant(local, time.tail, text);
}

/**
 * The time on the local clock, as if in UTC, in ms. Undefined for a day or time that does not exist: 31 June is not 1 July, but a
 * mistake.
 */
function toLocalTime([year, month, day]: Day, [hour, minute, second, ms]: Clock): number | undefined {
  const midnight = Date.UTC(year, month - 1, day);
  if (year < 1000 || month < 1 || month > 12 || new Date(midnight).getUTCDate() !== day) return undefined;
  // ISO 8601 allows 24:00 for the end of a day, and second 60 for a leap second.
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59), ms);
}

/** Korea's offset from UTC, in minutes. */
const KOREA = 540;

function toInstant(local: number, zone: string, text: string): Instant {
  const offset = zone === '' ? undefined : findZoneOffset(zone, local);
  const assumed = /\p{Script=Hangul}/u.test(text) ? KOREA : 0;
  return { ms: local - (offset ?? assumed) * 60_000, zoneAssumed: offset === undefined };
}
