import { getText } from '../dom/text.js';
import { distanceFromHeadline, type HeadlineAnchor, isInArticle } from './headline-anchor.js';
import type { Candidate, PageScan, TextCandidate } from './scan.js';
import type { ReadDate, SourcedDate } from './sourced-date.js';
import { UPDATED_WORDS } from './words/dateline-words.js';

/** Largest distance from the headline of an element that is marked as the date of publication, in text nodes. */
const MAX_DISTANCE_PUBLISHED = 1_000;
/** The same for other elements that are marked as a date. */
const MAX_DISTANCE = 120;
/** The same for a text that nothing marks as a date. */
const MAX_DISTANCE_TEXT = 40;
/** Characters read of an element's text. */
const MAX_READ = 300;
/** Characters of the longest element's text that may be a date. */
const MAX_LINE = 200;
/** Characters of the longest text that may be a date without an element that says so. */
const MAX_TEXT = 120;
/** Characters at the start of a line in which a word such as "updated" is searched. */
const UPDATED_REACH = 40;

// Scores count text nodes. Penalties and bonuses let a more certain date win over a nearer one.
const BONUS_PUBLISHED = 60;
const BONUS_TIME_ELEMENT = 15;
const PENALTY_UPDATED = 60;
const PENALTY_TEXT = 15;
/** For an element's text and for another text that has more characters than a date and some words. */
const PENALTY_LONG_LINE = { over: 80, points: 10 };
const PENALTY_LONG_TEXT = { over: 60, points: 20 };

const UPDATED = new RegExp(UPDATED_WORDS, 'i');
const PUBLISHED_CLASS = /(^|[\s_-])(entry-date|published|dt-published)/;

const penalizeLength = (length: number, { over, points }: typeof PENALTY_LONG_LINE): number => (length > over ? points : 0);

interface ScoredDate extends SourcedDate {
  /** Lower is better. */
  score: number;
}

/** Finds the date near the headline that most probably is the date of publication. */
export function findVisibleDate(scan: PageScan, headline: HeadlineAnchor, read: ReadDate): SourcedDate | undefined {
  let best: ScoredDate | undefined;
  const consider = (found: ScoredDate | undefined) => {
    if (found && (!best || found.score < best.score)) best = found;
  };
  for (const candidate of scan.dates) consider(readDateElement(candidate, headline, read));
  for (const candidate of scan.texts) consider(readDateText(candidate, headline, read));
  return best;
}

function readDateElement(candidate: Candidate, headline: HeadlineAnchor, read: ReadDate): ScoredDate | undefined {
  const { element } = candidate;
  const { attribs, name } = element;
  const distance = distanceFromHeadline(candidate, headline);
  const isPublished =
    attribs.itemprop === 'datePublished' || attribs.pubdate !== undefined || PUBLISHED_CLASS.test(attribs.class ?? '');
  if (distance > (isPublished ? MAX_DISTANCE_PUBLISHED : MAX_DISTANCE) || !isInArticle(element, headline)) return undefined;
  const line = getText(element, MAX_READ, ' ').trim();
  const visible = () => (line.length < MAX_LINE ? (read(line) ?? read(attribs.title)) : undefined);
  const date = read(attribs.datetime) ?? read(attribs.content) ?? visible();
  if (!date) return undefined;
  const isUpdate = UPDATED.test(`${attribs.class ?? ''} ${attribs.itemprop ?? ''} ${line.slice(0, UPDATED_REACH)}`);
  const bonus = isPublished ? BONUS_PUBLISHED : name === 'time' ? BONUS_TIME_ELEMENT : 0;
  return {
    date,
    source: attribs.itemprop ? 'microdata' : name === 'time' ? 'time' : 'text',
    score: distance + (isUpdate ? PENALTY_UPDATED : 0) - bonus + penalizeLength(line.length, PENALTY_LONG_LINE),
  };
}

function readDateText(candidate: TextCandidate, headline: HeadlineAnchor, read: ReadDate): ScoredDate | undefined {
  const { text, element } = candidate;
  const { length } = text.trim();
  const distance = distanceFromHeadline(candidate, headline);
  if (distance > MAX_DISTANCE_TEXT || length > MAX_TEXT || !isInArticle(element, headline)) return undefined;
  const date = read(text);
  if (!date) return undefined;
  const penalty = (UPDATED.test(text) ? PENALTY_UPDATED : 0) + penalizeLength(length, PENALTY_LONG_TEXT);
  return { date, source: 'text', score: distance + PENALTY_TEXT + penalty };
}
