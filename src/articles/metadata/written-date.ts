import { foldText, latinDigits, monthOf, type WrittenAs } from '../../text/date-words.js';

/** A date as a page writes it. */
export interface WrittenDate extends WrittenAs {
  /** The instant; a time without a zone is UTC by our rule, not by the zone of the machine that reads it. */
  at: Date;
  /** ISO 8601 in the zone that was written, so that its day is the day that readers saw. */
  iso: string;
}

/** Longer texts are searched for a date in their beginning alone, in characters. */
const MAX_TEXT = 200;

const WORD = '([\\p{L}\\p{M}]{2,12}(?:\\.[\\p{L}\\p{M}]{1,2}(?!\\p{L}))?)';
const YEAR = '((?:19|20|25)\\d{2})';
const ISO = /(?<!\d)((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})(?!\d)/;
const COMPACT = /^((?:19|20)\d{2})(\d{2})(\d{2})(?=T|$)/;
const EAST = /(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})/;
const YEAR_FIRST = /(?<!\d)((?:19|20)\d{2})\s?[/.]\s?(\d{1,2})\s?[/.]\s?(\d{1,2})(?!\d)/;
const DAY_WORD_YEAR = new RegExp(
  `(?<!\\d)(\\d{1,2})(?:st|nd|rd|th|er|º|\\.)?[\\s,/-]{0,3}(?:de |of |d')?${WORD}[\\s.,/-]{0,3}(?:de |del )?${YEAR}(?!\\d)`,
  'iu',
);
const WORD_DAY_YEAR = new RegExp(`${WORD}\\.?\\s{0,3}(\\d{1,2})(?:st|nd|rd|th)?[,\\s]{1,3}${YEAR}(?!\\d)`, 'iu');
/** Asked before the forms with a month's name, which are slow to say no. */
const HAS_YEAR = /(?:19|20|25)\d{2}/;
/** Medline: 2026 Mar 2. */
const YEAR_WORD_DAY = new RegExp(`(?<!\\d)${YEAR}[\\s,.]{1,3}${WORD}\\.?\\s{1,3}(\\d{1,2})(?![\\d:])`, 'iu');
/** The `date` of Unix, and what Java and others made of it: Mon Mar 2 08:15:00 EST 2026. */
const UNIX = new RegExp(`${WORD} (\\d{1,2}) (\\d{2}:\\d{2}:\\d{2} (?:[A-Z]{2,5}|[+-]\\d{4})?) ?${YEAR}$`, 'iu');
const DAY_FIRST = /(?<![\d.])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d{2}|\d{2})(?![\d.]\d)/;
const TIME = /(?<!\d)(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?([ap]\.?m\.?)?(?!\d)/i;
const ZONE = /(Z|UTC|GMT|[+-]\d{2}:?\d{2})(?:\s*\([^)]{1,40}\))?\s*$/;

/**
 * The first date with a year in a text: ISO 8601, RFC 5322, East Asian, and what people write in some thirty languages.
 * `monthFirst` says how 3/4/2020 is read, as in the United States.
 */
export function parseWrittenDate(source: string, { monthFirst = false } = {}): WrittenDate | undefined {
  const text = latinDigits(source.slice(0, MAX_TEXT)).replace(/\s+/g, ' ').trim();
  const epoch = /^(\d{10})(\d{3})?$/.exec(text);
  if (epoch) {
    const at = new Date(Number(epoch[1]) * 1_000);
    return { at, iso: at.toISOString(), text, zoneAssumed: false };
  }
  const found = dayOf(text, monthFirst);
  if (!found) return undefined;
  const { year, month, day, rest } = found;
  const time = TIME.exec(rest);
  const [hours, minutes, seconds] = time ? clock(time) : [0, 0, 0];
  const zone = time ? zoneOf(rest) : 'Z';
  const zoneAssumed = !(time && ZONE.test(rest));
  const iso = `${year}-${pad(month)}-${pad(day)}T${pad(hours)}:${pad(minutes)}:${pad(seconds)}${zone}`;
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? undefined : { at, iso, text, zoneAssumed };
}

function dayOf(text: string, monthFirst: boolean) {
  const numeric = ISO.exec(text) ?? EAST.exec(text) ?? YEAR_FIRST.exec(text) ?? COMPACT.exec(text);
  if (numeric) return valid(numeric[1], numeric[2], numeric[3], without(text, numeric));
  const worded = HAS_YEAR.test(text) ? wordedDayOf(text) : undefined;
  if (worded) return worded;
  const short = DAY_FIRST.exec(text);
  if (!short) return undefined;
  const [, first = '', mark, second = '', year = ''] = short;
  const us = mark !== '.' && (monthFirst || Number(second) > 12) && Number(first) <= 12;
  const full = year.length === 2 ? `20${year}` : year;
  return us ? valid(full, first, second, without(text, short)) : valid(full, second, first, without(text, short));
}

function wordedDayOf(text: string) {
  const dayWord = DAY_WORD_YEAR.exec(text);
  const month = dayWord && monthOf(foldText(dayWord[2] ?? ''));
  if (dayWord && month) return valid(dayWord[3], month, dayWord[1], without(text, dayWord));
  const wordDay = WORD_DAY_YEAR.exec(text);
  const named = wordDay && monthOf(foldText(wordDay[1] ?? ''));
  if (wordDay && named) return valid(wordDay[3], named, wordDay[2], without(text, wordDay));
  const yearWord = YEAR_WORD_DAY.exec(text);
  const inner = yearWord && monthOf(foldText(yearWord[2] ?? ''));
  if (yearWord && inner) return valid(yearWord[1], inner, yearWord[3], without(text, yearWord));
  const unix = UNIX.exec(text);
  const unixMonth = unix && monthOf(foldText(unix[1] ?? ''));
  if (unix && unixMonth) return valid(unix[4], unixMonth, unix[2], unix[3] ?? '');
  return undefined;
}

/** What stands beside a date, where its time is. */
const without = (text: string, { index, 0: match }: RegExpExecArray) => {
  const after = text.slice(index + match.length);
  return TIME.test(after) ? after : text.slice(0, index);
};

function valid(y: string | undefined, m: string | number | undefined, d: string | undefined, rest: string) {
  const [written, month, day] = [Number(y), Number(m), Number(d)];
  // Thai pages count years from the Buddha.
  const year = written >= 2500 ? written - 543 : written;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { year, month, day, rest } : undefined;
}

function clock([, h, m, s, half]: RegExpExecArray): [number, number, number] {
  const hours = (Number(h) % (half ? 12 : 24)) + (half && /^p/i.test(half) ? 12 : 0);
  return [hours, Math.min(Number(m), 59), Math.min(Number(s ?? 0), 59)];
}

function zoneOf(text: string): string {
  const zone = ZONE.exec(text)?.[1];
  if (!zone || /^[A-Z]/.test(zone)) return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

const pad = (value: number) => String(value).padStart(2, '0');
