import { readDate } from '../../text/dates.js';
import type { ParsedFeed } from '../feed.js';
import { type Finding, findingAt } from './finding.js';

const XML_DATES =
  /<(?:\w{1,20}:)?(?:pubDate|date|published|updated|issued|modified|created)\b[^<>]{0,200}>\s{0,20}(?:<!\[CDATA\[)?([^<\]]{1,200})/gi;
const JSON_DATES = /"date_(?:published|modified)"\s*:\s*"([^"\\]{1,200})"/g;
/** Dates that are checked. Feeds have a few per entry, and all of a feed's dates have the same faults. */
const MAX_DATES = 5_000;
/** A `now` in which no date is ahead. */
const END_OF_TIME = new Date(Date.UTC(9999, 0));

/** Checks the first dates in the text of a feed. */
export function checkDates(text: string, format: ParsedFeed['format'], now: Date): Finding[] {
  const dates: { date: string; read: ReturnType<typeof readDate> }[] = [];
  for (const [, date = ''] of text.matchAll(format === 'json' ? JSON_DATES : XML_DATES)) {
    if (dates.length >= MAX_DATES) break;
    if (/\S/.test(date)) dates.push({ date, read: readDate(date, now) });
  }
  const unread = dates.filter(({ read }) => !read).map(({ date }) => date);
  const isAhead = (date: string) => readDate(date, END_OF_TIME) !== undefined;
  return [
    ...findingAt(
      'date-unreadable',
      'A date could not be read, or is ambiguous. It was dropped.',
      unread.filter((date) => !isAhead(date)),
    ),
    ...findingAt('date-ahead', 'A date is days in the future. It was dropped.', unread.filter(isAhead)),
    ...findingAt(
      'zone-assumed',
      'A date has no zone, or an unknown one. UTC was assumed.',
      dates.flatMap(({ date, read }) => (read?.zoneAssumed ? [date] : [])),
    ),
  ];
}
