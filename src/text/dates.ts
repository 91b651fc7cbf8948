import { foldText, monthOf } from './date-words.js';

/** A date as a feed writes it, with what is known of how it was read. */
export interface FeedDate {
  at: Date;
  /** What the feed has, trimmed. */
  text: string;
  /** The text names no zone, or none that anybody knows: UTC was assumed. */
  zoneAssumed: boolean;
}

/** A date further ahead than this is a mistake of the publisher's, in ms: no date is better than a wrong one. */
const MAX_AHEAD_MS = 2 * 86_400_000;
/** Before the web there were no feeds; an epoch of 0 or a year of 1 is a default that nobody set. */
const OLDEST = Date.UTC(1971, 0, 1);
/** Characters: what is longer is prose. */
const MAX_LENGTH = 200;

/**
 * A date as feeds write it as an instant: RFC 822 and its successors, ISO 8601, asctime, Unix times, what people write in some forty
 * languages, and the near misses of all of these, with other words around. What decides where a text has two meanings:
 * - no zone, or one that is unknown or of the military (RFC 2822 §4.3): UTC; Korean is written on one clock, UTC+9;
 * - zone names are taken by the word, EST in July is UTC−5; CST, IST and BST are those of America, India and Britain;
 * - 3/4/2024 is read by its weekday, else by the country of its zone name, else not at all; 3.4.2024 has the day first;
 * - a wrong weekday is ignored; years of two digits go by RFC 2822 §4.3; years from 2400 on are Buddhist; 24:00 is the next day.
 * @returns undefined for what is no date, is none of the calendar, or none that a publication can have: before 1971, or days after `now`.
 */
export function readDate(text: string | undefined, now: Date): FeedDate | undefined {
  const trimmed = text?.trim();
  if (!trimmed || trimmed.length > MAX_LENGTH) return undefined;
  const read = PLAIN.test(trimmed) ? { ms: Date.parse(trimmed), zoneAssumed: false } : readWritten(foldText(trimmed));
  if (!read || read.ms < OLDEST || read.ms > now.getTime() + MAX_AHEAD_MS) return undefined;
  return { at: new Date(read.ms), text: trimmed, zoneAssumed: read.zoneAssumed };
}

/** The instant alone; see `readDate`. */
export const parseDate = (text: string | undefined, now: Date): Date | undefined => readDate(text, now)?.at;

const CLOCK = '(?:[01]\\d|2[0-3])(?::[0-5]\\d){2}';
const OFFSET_HOURS = '[+-](?:0\\d|1[0-3])';
/** RFC 822 and RFC 3339 as they should be, on days that each month has: JavaScript reads these as we do, in a tenth of the time. */
const PLAIN = new RegExp(
  `^(?:(?:[A-Z][a-z]{2}, )?(?:0?[1-9]|1\\d|2[0-8]) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:19|20)\\d\\d ${CLOCK} (?:GMT|${OFFSET_HOURS}[0-5]\\d)|(?:19|20)\\d\\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])T${CLOCK}(?:\\.\\d{1,9})?(?:Z|${OFFSET_HOURS}:[0-5]\\d))$`,
);

interface Instant {
  ms: number;
  zoneAssumed: boolean;
}

/** Year, month from 1, day. */
type Day = readonly [year: number, month: number, day: number];
/** Hour, minute, second, ms. */
type Clock = readonly [hour: number, minute: number, second: number, ms: number];

const MIDNIGHT: Clock = [0, 0, 0, 0];

/** Out of folded text: the day first, then the clock in what stands after it or before it, then the zone behind the clock. */
function readWritten(text: string): Instant | undefined {
  const epoch = /^(\d{10})(\d{3})?$/.exec(text);
  if (epoch) return { ms: Number(epoch[1]) * 1_000 + Number(epoch[2] ?? 0), zoneAssumed: false };
  const found = dayOf(markMonths(text));
  if (!found) return undefined;
  const { day, before, after } = found;
  const clock = clockOf(after) ?? clockOf(before);
  if (!clock) return instant(day, MIDNIGHT, onlyZone(after), text);
  return instant(day, clock.clock, clock.tail, text);
}

/** Month names become `@03@`; so do Vietnamese months, which are numbered. */
const markMonths = (text: string): string =>
  text
    .replace(/\bth(?:ang|g)\.? ?(\d{1,2})(?!\d)/g, (_, month: string) => `@${month.padStart(2, '0')}@`)
    .replace(/(كانون|تشرين) (?=ال)/g, '$1-')
    .replace(/[\p{L}\p{M}]+(?:-[\u0600-\u06FF]+|\.[\p{L}\p{M}]{1,2}(?![\p{L}\p{M}]))?/gu, (word) => {
      const month = monthOf(word);
      return month ? `@${String(month).padStart(2, '0')}@` : word;
    });

interface FoundDay {
  day: Day;
  before: string;
  after: string;
}

const DAY = '(?<!\\d)(\\d{1,2})(?:st|nd|rd|th|er|re|e|o|a)?';
const MONTH = '@(\\d\\d)@';
const OF = "(?:(?:de|del|di|do|d'|of|den|van|da|nam) ?)?";
const GAP = '[ .,/\\-]{0,3}';
const DAY_MONTH_YEAR = new RegExp(`${DAY}${GAP}${OF}${MONTH}${GAP}${OF}'?(\\d{4}|\\d{2,3})(?![\\d:]|[.h]\\d)`);
const MONTH_DAY_YEAR = new RegExp(`${MONTH}${GAP}${DAY}${GAP}${OF}(\\d{4})(?![\\d:])`);
const YEAR_MONTH_DAY = new RegExp(`(?<!\\d)(\\d{4})${GAP}${MONTH}${GAP}(\\d{1,2})(?![\\d:])`);
/** asctime and those like it: the year is the last word. */
const LATE_YEAR = / (\d{4})$/;
const MONTH_DAY = new RegExp(`${MONTH}${GAP}${DAY}(?![\\d:])`);
const DAY_MONTH = new RegExp(`${DAY}${GAP}${MONTH}`);
const MONTH_YEAR = new RegExp(`^${MONTH}${GAP}${OF}(\\d{4})$`);
const EAST = /(?:(令和|平成|昭和) ?(元|\d{1,2})|(?<!\d)(\d{4}|\d\d)) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2})(?: ?[日号號일])?/;
/** The year in the western calendar before the first of each Japanese era (Era names are law since 1979). */
const ERAS: Record<string, number> = { 令和: 2018, 平成: 1988, 昭和: 1925 };
const YEAR_FIRST = /(?<!\d)(\d{4}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})(?!\d)/;
const BASIC = /^(\d{4})(\d\d)(\d\d)(?=t|z|$| |(?:\d{4}|\d{6})(?!\d))/;
const WEEK = /^(\d{4})-?w(\d\d)(?:-?([1-7]))?(?!\d)/;
const ORDINAL = /^(\d{4})-?(\d{3})(?=t|z|$| )/;
const NUMBERS = /(?<![\d.:/])(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d)(?!\d|[./]\d)/;

function dayOf(text: string): FoundDay | undefined {
  const numeric = YEAR_FIRST.exec(text);
  if (numeric) return around(text, numeric, [fullYear(numeric[1]), Number(numeric[3]), Number(numeric[4])]);
  const east = EAST.exec(text);
  if (east) return around(text, east, [eastYear(east), Number(east[4]), Number(east[5])]);
  const named = text.includes('@') ? namedDay(text) : undefined;
  return named ?? plainDay(text) ?? slashedDay(text);
}

function namedDay(text: string): FoundDay | undefined {
  const dayFirst = DAY_MONTH_YEAR.exec(text);
  if (dayFirst) return around(text, dayFirst, [fullYear(dayFirst[3]), Number(dayFirst[2]), Number(dayFirst[1])]);
  const monthFirst = MONTH_DAY_YEAR.exec(text);
  if (monthFirst) return around(text, monthFirst, [fullYear(monthFirst[3]), Number(monthFirst[1]), Number(monthFirst[2])]);
  const yearFirst = YEAR_MONTH_DAY.exec(text);
  if (yearFirst) return around(text, yearFirst, [fullYear(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3])]);
  const late = LATE_YEAR.exec(text);
  if (late) {
    const rest = text.slice(0, late.index);
    const american = MONTH_DAY.exec(rest);
    if (american) return around(rest, american, [fullYear(late[1]), Number(american[1]), Number(american[2])]);
    const other = DAY_MONTH.exec(rest);
    if (other) return around(rest, other, [fullYear(late[1]), Number(other[2]), Number(other[1])]);
  }
  const month = MONTH_YEAR.exec(text);
  return month ? around(text, month, [fullYear(month[2]), Number(month[1]), 1]) : undefined;
}

/** ISO 8601 without hyphens, by week or by day of the year, or cut short. */
function plainDay(text: string): FoundDay | undefined {
  const basic = BASIC.exec(text);
  if (basic) return around(text, basic, [fullYear(basic[1]), Number(basic[2]), Number(basic[3])]);
  const week = WEEK.exec(text);
  if (week) return around(text, week, dayOfWeekDate(Number(week[1]), Number(week[2]), Number(week[3] ?? 1)));
  const ordinal = ORDINAL.exec(text);
  if (ordinal) return around(text, ordinal, dayOfYear(Number(ordinal[1]), Number(ordinal[2])));
  const short = /^(\d{4})(?:-(\d\d))?$/.exec(text);
  return short ? around(text, short, [fullYear(short[1]), Number(short[2] ?? 1), 1]) : undefined;
}

const around = (text: string, { index, 0: match }: RegExpExecArray, day: Day | undefined): FoundDay | undefined =>
  day && { day, before: text.slice(0, index), after: text.slice(index + match.length) };

/** Two numbers of which none is over 12, and a year: see `readDate`. */
function slashedDay(text: string): FoundDay | undefined {
  const match = NUMBERS.exec(text);
  if (!match) return undefined;
  const [, first, mark, second, year = ''] = match;
  const [a, b] = [Number(first), Number(second)];
  // 24/03/05 is of 2005 or of 2024.
  if (year.length === 2 && mark !== '.' && b <= 12 && (a > 12 || mark === '-')) return undefined;
  const dayFirst: Day = [fullYear(year), b, a];
  const monthFirst: Day = [fullYear(year), a, b];
  if (mark === '.' || a > 12 || a === b) return around(text, match, dayFirst);
  if (b > 12) return around(text, match, monthFirst);
  const weekday = WEEKDAYS.indexOf(/\b(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/.exec(text)?.[1] ?? '');
  const onWeekday = [dayFirst, monthFirst].filter(([y, m, d]) => new Date(Date.UTC(y, m - 1, d)).getUTCDay() === weekday);
  if (onWeekday.length === 1) return around(text, match, onWeekday[0]);
  if (AMERICAN.test(text)) return around(text, match, monthFirst);
  return lastWords(text).some((word) => /^[a-z]{3,4}$/.test(word) && !/^(gmt|utc)$/.test(word) && ZONES.has(word))
    ? around(text, match, dayFirst)
    : undefined;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const AMERICAN = /\d.*\b(?:[ecmp][sd]?t|ak[sd]t|hst)\b/;

const eastYear = ([, era, inEra, year]: RegExpExecArray) =>
  era ? (ERAS[era] ?? 0) + (inEra === '元' ? 1 : Number(inEra)) : fullYear(year);

/** RFC 2822 §4.3: 00–49 is this century, and three digits count from 1900. From 2400 on, years are those of the Buddha. */
function fullYear(text = ''): number {
  const year = Number(text);
  if (text.length === 2) return year + (year < 50 ? 2000 : 1900);
  if (text.length === 3) return year + 1900;
  return year >= 2400 ? year - 543 : year;
}

function dayOfYear(year: number, n: number): Day | undefined {
  const date = new Date(Date.UTC(year, 0, n));
  return n >= 1 && date.getUTCFullYear() === year ? [year, date.getUTCMonth() + 1, date.getUTCDate()] : undefined;
}

/** ISO 8601: the week that has 4 January is the first, and begins on Monday. */
function dayOfWeekDate(year: number, week: number, weekday: number): Day | undefined {
  if (week < 1 || week > 53) return undefined;
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7);
  const date = new Date(Date.UTC(year, 0, monday + (week - 1) * 7 + weekday - 1));
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

const CLOCKS: readonly RegExp[] = [
  /(?<![\d:+-])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,:](\d{1,9}))?)?(?!\d)/,
  /(?<![\d:+-])(\d{1,2}) ?[h時时點点시](?![a-z])(?: ?(\d{1,2})(?: ?(?:min|[分분:m])(?: ?(\d{1,2}) ?[s秒초]?)?)?)?/,
  // ISO 8601 without colons, or to the hour.
  /^t?(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?(?=$| |z|[+-]\d)/,
  /^t(\d{2})(?=$|z|[+-]\d\d(?::?\d\d)?$)/,
  // As Germans, Finns and Italians write it.
  /(?<![\d.:+-])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])/,
  /(?<![\d.:+-])(\d{1,2})(?= ?[ap]\.? ?m\b)/,
];
const AM = 'a\\.? ?m\\b\\.?|오전|午前|上午|凌晨|早上|π\\.?μ\\.?|ص(?:باحا)?|पूर्वाह्न|sang|sa\\b|oo\\b';
const PM = 'p\\.? ?m\\b\\.?|오후|午後|下午|晚上|μ\\.?μ\\.?|مساء|م|अपराह्न|chieu|ch\\b|os\\b';
const HALF_AFTER = new RegExp(`^ ?(?:(${AM})|(${PM}))(?![\\p{L}\\p{M}])`, 'u');
const HALF_BEFORE = new RegExp(`(?<![\\p{L}\\p{M}.])(?:(${AM})|(${PM})) ?$`, 'u');
const HALF_BEFORE_GLUED = /(?:(오전|午前|上午|凌晨|早上)|(오후|午後|下午|晚上)) ?$/;

/** The first clock in a text, and what stands behind it. */
function clockOf(text: string): { clock: Clock; tail: string } | undefined {
  for (const form of CLOCKS) {
    const match = form.exec(text);
    if (!match) continue;
    const [written, hour, minute = '0', second = '0', fraction] = match;
    const head = text.slice(0, match.index);
    const tail = text.slice(match.index + written.length);
    const after = HALF_AFTER.exec(tail);
    const half = after ?? HALF_BEFORE_GLUED.exec(head) ?? HALF_BEFORE.exec(head);
    return {
      clock: [onClock(Number(hour), half), Number(minute), Number(second), milliseconds(fraction)],
      tail: after ? tail.slice(after[0].length) : tail,
    };
  }
  return undefined;
}

/** Twelve o'clock AM is midnight; 14:05 PM is 14:05. */
const onClock = (hour: number, half: RegExpExecArray | null) => (!half || hour > 12 ? hour : (hour % 12) + (half[2] ? 12 : 0));

const milliseconds = (fraction = '') => Number(fraction.padEnd(3, '0').slice(0, 3));

/** Undefined for what the calendar or the clock does not have: 31 June is not 1 July, the publisher meant something else. */
function instant([year, month, day]: Day, [hour, minute, second, ms]: Clock, zone: string, text: string): Instant | undefined {
  const date = Date.UTC(year, month - 1, day);
  if (year < 1000 || month < 1 || month > 12 || new Date(date).getUTCDate() !== day) return undefined;
  // ISO 8601 has 24:00 for the end of a day, and 60 for a leap second.
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return undefined;
  const local = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59), ms);
  const offset = zone === '' ? undefined : offsetOf(zone, local);
  if (offset !== undefined) return { ms: local - offset * 60_000, zoneAssumed: false };
  return { ms: local - (/\p{Script=Hangul}/u.test(text) ? 540 : 0) * 60_000, zoneAssumed: true };
}

/** What feeds call their zones, by minutes east of UTC, or by the place whose clock it is. */
const ZONES = new Map(
  (
    [
      [0, 'z ut utc gmt wet'],
      [60, 'cet met mez west bst wat'],
      [120, 'eet cest mest mesz cat sast'],
      [180, 'eest idt msk trt eat'],
      [210, 'irst'],
      [240, 'msd gst'],
      [300, 'pkt'],
      [330, 'ist'],
      [345, 'npt'],
      [420, 'ict wib'],
      [480, 'hkt sgt myt pht wita awst'],
      [540, 'jst kst wit'],
      [570, 'acst'],
      [600, 'aest'],
      [630, 'acdt'],
      [660, 'aedt'],
      [720, 'nzst'],
      [780, 'nzdt'],
      [-120, 'brst'],
      [-150, 'ndt'],
      [-180, 'adt art brt clst uyt'],
      [-210, 'nst'],
      [-240, 'ast edt clt vet'],
      [-300, 'est cdt cot pet'],
      [-360, 'cst mdt'],
      [-420, 'mst pdt'],
      [-480, 'pst akdt'],
      [-540, 'akst'],
      [-600, 'hst'],
      ['America/Halifax', 'at'],
      ['America/New_York', 'et'],
      ['America/Chicago', 'ct'],
      ['America/Denver', 'mt'],
      ['America/Los_Angeles', 'pt'],
    ] as const
  ).flatMap(([clock, names]) => names.split(' ').map((name) => [name, clock] as const)),
);

/** No zone is further than 14 hours from UTC: beyond that it is no zone, and the day is right all the same. */
const MAX_OFFSET_MINUTES = 14 * 60;

/** What a zone adds to UTC at that time of its clock, in minutes, out of the text behind a clock; undefined if it names none that is known. */
function offsetOf(text: string, local: number): number | undefined {
  const place = /\b[a-z]+\/[a-z_]+(?:\/[a-z_]+)?(?:[+-]\d{1,2})?/.exec(text)?.[0];
  if (place) return placeOffset(place, local);
  const numeric = /(?<!\d)([+-])(\d{1,2}):?(\d{2})?(?!\d)/.exec(text);
  if (numeric) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0);
    if (minutes > MAX_OFFSET_MINUTES || Number(numeric[3] ?? 0) > 59) return undefined;
    return numeric[1] === '-' ? -minutes : minutes;
  }
  const zone = lastWords(text)
    .map((word) => ZONES.get(word))
    .find((known) => known !== undefined);
  return typeof zone === 'string' ? placeOffset(zone, local) : zone;
}

/** The words where a zone stands: the first of a text, or its last. */
function lastWords(text: string): string[] {
  const words = text.match(/[a-z]+/g) ?? [];
  return [words.at(0), words.at(-1)].filter((word) => word !== undefined);
}

/** The zone of a date without a clock: all that follows it, or nothing. */
const onlyZone = (text: string) => (/^ ?\(?(?:[a-z]{1,4}|[+-]\d\d:?\d\d)\)?$/.test(text) ? text : '');

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a place of the IANA time zone database show beside UTC, in minutes. */
function placeOffset(place: string, local: number): number | undefined {
  try {
    const format = formats.get(place) ?? new Intl.DateTimeFormat('en', { timeZone: place, timeZoneName: 'longOffset' });
    formats.set(place, format);
    const at = (ms: number) => {
      const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
      return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    };
    return at(local - at(local) * 60_000);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
