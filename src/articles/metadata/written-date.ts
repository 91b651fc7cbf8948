import { findMonth, foldText, toLatinDigits, type WrittenAs } from '../../text/date-words.js';

/** A date as a page writes it. */
export interface WrittenDate extends WrittenAs {
  /** The instant. A time without a zone is taken as UTC, whatever the zone of this machine. */
  at: Date;
  /** ISO 8601 in the zone that was written, so that its day is the day that readers saw. */
  iso: string;
}

/** Characters of a text in which a date is searched. */
const MAX_TEXT = 200;

// What a date is made of.
const WORD = String.raw`([\p{L}\p{M}]{2,12}(?:\.[\p{L}\p{M}]{1,2}(?!\p{L}))?)`;
const DAY = String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|\.)?`;
const YEAR = String.raw`((?:19|20|25)\d{2})`;
const HAS_YEAR = /(?:19|20|25)\d{2}/;
const TIME = /(?<!\d)(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?([ap]\.?m\.?)?(?!\d)/i;
const ZONE = /(Z|UTC|GMT|[+-]\d{2}:?\d{2})(?:\s*\([^)]{1,40}\))?\s*$/;
/** Seconds or milliseconds since 1970. */
const EPOCH = /^(\d{10})(\d{3})?$/;

/** Dates in numbers, the year first. */
const YEAR_FIRST_FORMS = [
  // 2026-03-02
  /(?<!\d)((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})(?!\d)/,
  // 2026年3月2日, 2026년 3월 2일
  /(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})/,
  // 2026/3/2, 2026. 3. 2
  /(?<!\d)((?:19|20)\d{2})\s?[/.]\s?(\d{1,2})\s?[/.]\s?(\d{1,2})(?!\d)/,
  // 20260302, alone or before a time
  /^((?:19|20)\d{2})(\d{2})(\d{2})(?=T|$)/,
];

/** Dates in numbers, the day or month first: 2.3.2026, 3/2/26. */
const YEAR_LAST = /(?<![\d.])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d{2}|\d{2})(?![\d.]\d)/;

/** Dates with the name of a month, and in which groups their parts are. */
const NAMED_MONTH_FORMS = [
  {
    // 2 March 2026, 2. März 2026, 2 de marzo de 2026
    pattern: new RegExp(String.raw`${DAY}[\s,/-]{0,3}(?:de |of |d')?${WORD}[\s.,/-]{0,3}(?:de |del )?${YEAR}(?!\d)`, 'iu'),
    day: 1,
    month: 2,
    year: 3,
  },
  {
    // March 2nd, 2026
    pattern: new RegExp(String.raw`${WORD}\.?\s{0,3}(\d{1,2})(?:st|nd|rd|th)?[,\s]{1,3}${YEAR}(?!\d)`, 'iu'),
    day: 2,
    month: 1,
    year: 3,
  },
  {
    // 2026 Mar 2, as Medline writes
    pattern: new RegExp(String.raw`(?<!\d)${YEAR}[\s,.]{1,3}${WORD}\.?\s{1,3}(\d{1,2})(?![\d:])`, 'iu'),
    day: 3,
    month: 2,
    year: 1,
  },
];

/** Mon Mar 2 08:15:00 EST 2026, as `date` on Unix and Java write. */
const UNIX = new RegExp(String.raw`${WORD} (\d{1,2}) (\d{2}:\d{2}:\d{2} (?:[A-Z]{2,5}|[+-]\d{4})?) ?${YEAR}$`, 'iu');

/**
 * Parses the first date with a year in a text: ISO 8601, RFC 5322, East Asian, or as people write it in some thirty languages.
 * `monthFirst` reads 3/4/2020 as in the United States. Returns undefined where the text has no valid date.
 */
export function parseWrittenDate(source: string, { monthFirst = false } = {}): WrittenDate | undefined {
  const text = toLatinDigits(source.slice(0, MAX_TEXT)).replace(/\s+/g, ' ').trim();
  const epoch = EPOCH.exec(text);
  if (epoch) {
    const at = new Date(Number(epoch[1]) * 1_000);
    return { at, iso: at.toISOString(), text, zoneAssumed: false };
  }
  const found = findDay(text, monthFirst);
  if (!found) return undefined;
  const { year, month, day, beside } = found;
  const time = TIME.exec(beside);
  const [hours, minutes, seconds] = time ? readClock(time) : [0, 0, 0];
  const zone = time ? readZone(beside) : 'Z';
  const zoneAssumed = !(time && ZONE.test(beside));
  const iso = `${year}-${pad(month)}-${pad(day)}T${pad(hours)}:${pad(minutes)}:${pad(seconds)}${zone}`;
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? undefined : { at, iso, text, zoneAssumed };
}

interface Day {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  /** The text beside the date, which may have the time. */
  beside: string;
}

function findDay(text: string, monthFirst: boolean): Day | undefined {
  for (const form of YEAR_FIRST_FORMS) {
    const match = form.exec(text);
    if (match) return toDay(match[1], match[2], match[3], textBeside(text, match));
  }
  // Patterns with a month's name are slow to fail, so the year is looked for first.
  const named = HAS_YEAR.test(text) ? findDayOfNamedMonth(text) : undefined;
  if (named) return named;
  const match = YEAR_LAST.exec(text);
  if (!match) return undefined;
  const [, first = '', separator, second = '', shortYear = ''] = match;
  const isMonthFirst = separator !== '.' && (monthFirst || Number(second) > 12) && Number(first) <= 12;
  const year = shortYear.length === 2 ? `20${shortYear}` : shortYear;
  const beside = textBeside(text, match);
  return isMonthFirst ? toDay(year, first, second, beside) : toDay(year, second, first, beside);
}

function findDayOfNamedMonth(text: string): Day | undefined {
  for (const form of NAMED_MONTH_FORMS) {
    const match = form.pattern.exec(text);
    const month = match && findMonth(foldText(match[form.month] ?? ''));
    if (match && month) return toDay(match[form.year], month, match[form.day], textBeside(text, match));
  }
  const match = UNIX.exec(text);
  const month = match && findMonth(foldText(match[1] ?? ''));
  return match && month ? toDay(match[4], month, match[2], match[3] ?? '') : undefined;
}

/** The text after a date if it has a time, else the text before it. */
function textBeside(text: string, { index, 0: match }: RegExpExecArray): string {
  const after = text.slice(index + match.length);
  return TIME.test(after) ? after : text.slice(0, index);
}

/** The day with these numbers; undefined where the calendar has none, such as 31 February. */
function toDay(y: string | undefined, m: string | number | undefined, d: string | undefined, beside: string): Day | undefined {
  const [written, month, day] = [Number(y), Number(m), Number(d)];
  // Thailand's Buddhist calendar is 543 years ahead.
  const year = written >= 2500 ? written - 543 : written;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { year, month, day, beside } : undefined;
}

function readClock([, h, m, s, half]: RegExpExecArray): [hours: number, minutes: number, seconds: number] {
  const hours = (Number(h) % (half ? 12 : 24)) + (half && /^p/i.test(half) ? 12 : 0);
  return [hours, Math.min(Number(m), 59), Math.min(Number(s ?? 0), 59)];
}

/** The zone at the end of a text as ISO 8601 has it; `Z` where there is none. */
function readZone(text: string): string {
  const zone = ZONE.exec(text)?.[1];
  if (!zone || /^[A-Z]/.test(zone)) return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

const pad = (value: number): string => String(value).padStart(2, '0');
