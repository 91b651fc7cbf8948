import { findMonth } from '../date-words.js';
import { anyPhrase } from '../word-list.js';
import { isNorthAmerican, namesRegion } from './find-zone.js';

/** A calendar day; months count from 1. */
export type Day = readonly [year: number, month: number, day: number];

/** A day, and the text on both sides of it. */
export interface FoundDay {
  day: Day;
  before: string;
  after: string;
}

/** Folded words between a day, a month and a year. */
const OF_WORDS = anyPhrase(`
  # en
  of
  # es, pt, fr, ro
  de
  # es
  del
  # it, id
  di
  # pt
  do
  da
  # fr, ca
  d'
  # da, no
  den
  # nl
  van
  # vi
  nam
`);

// Month names have become @03@ (markMonths). The suffixes after a day are ordinals: 3rd, 1er, 3e, 1º.
const DAY = '(?<!\\d)(\\d{1,2})(?:st|nd|rd|th|er|re|e|o|a)?';
const MONTH = '@(\\d\\d)@';
const OF = `(?:(?:${OF_WORDS}) ?)?`;
const GAP = '[ .,/\\-]{0,3}';
const DAY_MONTH_YEAR = new RegExp(`${DAY}${GAP}${OF}${MONTH}${GAP}${OF}'?(\\d{4}|\\d{2,3})(?![\\d:]|[.h]\\d)`);
const MONTH_DAY_YEAR = new RegExp(`${MONTH}${GAP}${DAY}${GAP}${OF}(\\d{4})(?![\\d:])`);
const YEAR_MONTH_DAY = new RegExp(`(?<!\\d)(\\d{4})${GAP}${MONTH}${GAP}(\\d{1,2})(?![\\d:])`);
const MONTH_DAY = new RegExp(`${MONTH}${GAP}${DAY}(?![\\d:])`);
const DAY_MONTH = new RegExp(`${DAY}${GAP}${MONTH}`);
const MONTH_YEAR = new RegExp(`^${MONTH}${GAP}${OF}(\\d{4})$`);
/** The year is the last word, as in asctime: Tue Mar 3 14:05:09 2026 */
const YEAR_AT_END = / (\d{4})$/;
/** 2026年3月3日, 2026년 3월 3일, 令和8年3月3日 */
const EAST_ASIAN =
  /(?:(令和|平成|昭和) ?(元|\d{1,2})|(?<!\d)(\d{4}|\d\d)) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2})(?: ?[日号號일])?/;
/** The western year before the first year of each Japanese era. */
const YEAR_BEFORE_ERA: Record<string, number> = { 令和: 2018, 平成: 1988, 昭和: 1925 };
/** 2026-03-03, 2026/03/03, 2026. 3. 3 */
const YEAR_FIRST = /(?<!\d)(\d{4}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})(?!\d)/;
/** ISO 8601 without hyphens, by week, and by day of the year: 20260303, 2026-W10-2, 2026-062 */
const ISO_BASIC = /^(\d{4})(\d\d)(\d\d)(?=t|z|$| |(?:\d{4}|\d{6})(?!\d))/;
const ISO_WEEK = /^(\d{4})-?w(\d\d)(?:-?([1-7]))?(?!\d)/;
const ISO_ORDINAL = /^(\d{4})-?(\d{3})(?=t|z|$| )/;
/** 03.04.2024, 3/4/24, 13-04-2024 */
const THREE_NUMBERS = /(?<![\d.:/])(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d)(?!\d|[./]\d)/;

/** The day in a folded text; undefined if there is none, or none that is certain. */
export function findDay(folded: string): FoundDay | undefined {
  const text = markMonths(folded);
  const numeric = YEAR_FIRST.exec(text);
  if (numeric) return found(text, numeric, [toFullYear(numeric[1]), Number(numeric[3]), Number(numeric[4])]);
  const eastAsian = EAST_ASIAN.exec(text);
  if (eastAsian) return found(text, eastAsian, [toWesternYear(eastAsian), Number(eastAsian[4]), Number(eastAsian[5])]);
  const named = text.includes('@') ? findNamedDay(text) : undefined;
  return named ?? findIsoDay(text) ?? findNumericDay(text);
}

const found = (text: string, { index, 0: match }: RegExpExecArray, day: Day | undefined): FoundDay | undefined =>
  day && { day, before: text.slice(0, index), after: text.slice(index + match.length) };

/** Replaces month names, and the numbered months of Vietnamese, with `@03@`. */
const markMonths = (text: string): string =>
  text
    .replace(/\bth(?:ang|g)\.? ?(\d{1,2})(?!\d)/g, (_, month: string) => `@${month.padStart(2, '0')}@`)
    .replace(/(كانون|تشرين) (?=ال)/g, '$1-')
    .replace(/[\p{L}\p{M}]+(?:-[\u0600-\u06FF]+|\.[\p{L}\p{M}]{1,2}(?![\p{L}\p{M}]))?/gu, (word) => {
      const month = findMonth(word);
      return month ? `@${String(month).padStart(2, '0')}@` : word;
    });

/** A day with the name of its month. */
function findNamedDay(text: string): FoundDay | undefined {
  const dayFirst = DAY_MONTH_YEAR.exec(text);
  if (dayFirst) return found(text, dayFirst, [toFullYear(dayFirst[3]), Number(dayFirst[2]), Number(dayFirst[1])]);
  const monthFirst = MONTH_DAY_YEAR.exec(text);
  if (monthFirst) return found(text, monthFirst, [toFullYear(monthFirst[3]), Number(monthFirst[1]), Number(monthFirst[2])]);
  const yearFirst = YEAR_MONTH_DAY.exec(text);
  if (yearFirst) return found(text, yearFirst, [toFullYear(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3])]);
  const yearAtEnd = findDayBeforeLastYear(text);
  if (yearAtEnd) return yearAtEnd;
  const month = MONTH_YEAR.exec(text);
  return month ? found(text, month, [toFullYear(month[2]), Number(month[1]), 1]) : undefined;
}

function findDayBeforeLastYear(text: string): FoundDay | undefined {
  const year = YEAR_AT_END.exec(text);
  if (!year) return undefined;
  const rest = text.slice(0, year.index);
  const monthFirst = MONTH_DAY.exec(rest);
  if (monthFirst) return found(rest, monthFirst, [toFullYear(year[1]), Number(monthFirst[1]), Number(monthFirst[2])]);
  const dayFirst = DAY_MONTH.exec(rest);
  return dayFirst ? found(rest, dayFirst, [toFullYear(year[1]), Number(dayFirst[2]), Number(dayFirst[1])]) : undefined;
}

/** The less usual forms of ISO 8601: without hyphens, by week, by day of the year, without the day. */
function findIsoDay(text: string): FoundDay | undefined {
  const basic = ISO_BASIC.exec(text);
  if (basic) return found(text, basic, [toFullYear(basic[1]), Number(basic[2]), Number(basic[3])]);
  const week = ISO_WEEK.exec(text);
  if (week) return found(text, week, fromWeek(Number(week[1]), Number(week[2]), Number(week[3] ?? 1)));
  const ordinal = ISO_ORDINAL.exec(text);
  if (ordinal) return found(text, ordinal, fromDayOfYear(Number(ordinal[1]), Number(ordinal[2])));
  const short = /^(\d{4})(?:-(\d\d))?$/.exec(text);
  return short ? found(text, short, [toFullYear(short[1]), Number(short[2] ?? 1), 1]) : undefined;
}

/** Day, month and year in numbers, in whichever order of day and month is certain. */
function findNumericDay(text: string): FoundDay | undefined {
  const match = THREE_NUMBERS.exec(text);
  if (!match) return undefined;
  const [, first, mark, second, year = ''] = match;
  const [a, b] = [Number(first), Number(second)];
  // 24/03/05 may be in 2005 or in 2024.
  if (year.length === 2 && mark !== '.' && b <= 12 && (a > 12 || mark === '-')) return undefined;
  const dayFirst: Day = [toFullYear(year), b, a];
  const monthFirst: Day = [toFullYear(year), a, b];
  if (mark === '.' || a > 12 || a === b) return found(text, match, dayFirst);
  return found(text, match, b > 12 ? monthFirst : chooseOrder(text, dayFirst, monthFirst));
}

/** Which of two readings of 3/4/2024 is right: by the weekday, else by the region of the zone name, else unknown. */
function chooseOrder(text: string, dayFirst: Day, monthFirst: Day): Day | undefined {
  const weekday = WEEKDAYS.indexOf(/\b(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/.exec(text)?.[1] ?? '');
  const onWeekday = [dayFirst, monthFirst].filter(([y, m, d]) => new Date(Date.UTC(y, m - 1, d)).getUTCDay() === weekday);
  if (onWeekday.length === 1) return onWeekday[0];
  if (isNorthAmerican(text)) return monthFirst;
  return namesRegion(text) ? dayFirst : undefined;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** 元 is the first year of an era. */
const toWesternYear = ([, era, yearOfEra, year]: RegExpExecArray): number =>
  era ? (YEAR_BEFORE_ERA[era] ?? 0) + (yearOfEra === '元' ? 1 : Number(yearOfEra)) : toFullYear(year);

/** Two digits up to 49 are in this century, and three count from 1900 (RFC 2822 §4.3). From 2400 on, years are Buddhist. */
function toFullYear(text = ''): number {
  const year = Number(text);
  if (text.length === 2) return year + (year < 50 ? 2000 : 1900);
  if (text.length === 3) return year + 1900;
  return year >= 2400 ? year - 543 : year;
}

function fromDayOfYear(year: number, n: number): Day | undefined {
  const date = new Date(Date.UTC(year, 0, n));
  return n >= 1 && date.getUTCFullYear() === year ? [year, date.getUTCMonth() + 1, date.getUTCDate()] : undefined;
}

/** ISO 8601: weeks start on Monday, and the first one contains 4 January. */
function fromWeek(year: number, week: number, weekday: number): Day | undefined {
  if (week < 1 || week > 53) return undefined;
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7);
  const date = new Date(Date.UTC(year, 0, monday + (week - 1) * 7 + weekday - 1));
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}
