import { type Element, isTag } from 'domhandler';
import { getText } from '../dom/text.js';
import { beginsAsByline, beginsWithAuthorLabel, isCapitalized, readByline } from './byline.js';
import { distanceFromHeadline, type HeadlineAnchor, isInArticle } from './headline-anchor.js';
import { type Candidate, isAuthorPage, type PageScan } from './scan.js';

/** Largest distance from the headline of a byline that is marked as one, in text nodes. */
const MAX_DISTANCE = 400;
/** The same for a byline that only its first word shows. */
const MAX_DISTANCE_UNMARKED = 40;
/** The same for names beside a date, which nothing marks. They stand right under the headline. */
const MAX_DISTANCE_BESIDE_DATE = 6;
/** Names with the same markup belong to one byline up to this distance from the best one, in text nodes. */
const MAX_GAP_IN_BYLINE = 8;
/** Characters read of an element's text. */
const MAX_READ = 300;
/** Characters of the longest byline that an element marks. */
const MAX_MARKED_BYLINE = 150;
/** Characters of the longest text that is a byline because of its first word. */
const MAX_UNMARKED_BYLINE = 100;
/** Characters of the longest line around a lone "By", or with a date, in which names are searched. */
const MAX_SURROUNDING_LINE = 120;
/** Words of the longest name in a text that nothing marks as a byline; longer ones are sentences. */
const MAX_UNMARKED_NAME = 4;
/** The most authors of one article. */
const MAX_AUTHORS = 20;
/** Elements around a lone "By" in which its name is searched. */
const MAX_LEVELS = 3;

// Scores count text nodes. Penalties let a more certain byline win over a nearer one.
/** For an element that is not marked as a name alone. */
const PENALTY_INEXACT = 20;
/** For an element with more than LONG_LINE characters, which probably holds more than a byline. */
const PENALTY_LONG_LINE = 15;
const LONG_LINE = 60;

/** Classes of elements that hold a name and nothing else. */
const NAME_CLASS = /(^|[-_\s])(fn|author-?_*name|authorname|byline-?_*name|author-?_*link|p-author)([-_\s]|$)/i;

/** Finds the authors that a page shows near its headline: marked as a byline, beginning with "By", or beside a date. */
export function findVisibleAuthors(scan: PageScan, headline: HeadlineAnchor): string[] {
  for (const find of [findMarkedAuthors, findUnmarkedAuthors, findAuthorsBesideDate]) {
    const names = find(scan, headline);
    if (names.length > 0) return names;
  }
  return [];
}

interface MarkedByline {
  names: string[];
  /** Element name and attributes: the authors of one byline are marked alike. */
  markup: string;
  /** Distance from the headline, in text nodes. */
  distance: number;
  /** Lower is better. */
  score: number;
}

/** The best of the elements that classes, links or microdata mark as a byline, with the names marked alike next to it. */
function findMarkedAuthors(scan: PageScan, headline: HeadlineAnchor): string[] {
  let best: MarkedByline | undefined;
  const namesByMarkup = new Map<string, string[]>();
  for (const candidate of scan.bylines) {
    const byline = readMarkedByline(candidate, headline);
    if (!byline) continue;
    if (!best || byline.score < best.score) best = byline;
    const before = namesByMarkup.get(byline.markup) ?? [];
    const isNearBest = byline.distance < best.distance + MAX_GAP_IN_BYLINE;
    namesByMarkup.set(byline.markup, isNearBest ? [...before, ...byline.names] : before);
  }
  return best ? [...new Set(namesByMarkup.get(best.markup))].slice(0, MAX_AUTHORS) : [];
}

function readMarkedByline(candidate: Candidate, headline: HeadlineAnchor): MarkedByline | undefined {
  const { element } = candidate;
  const distance = distanceFromHeadline(candidate, headline);
  if (distance > MAX_DISTANCE || !isInArticle(element, headline)) return undefined;
  const line = getText(element, MAX_READ, ' ').trim();
  if (line === '' || line.length > MAX_MARKED_BYLINE) return undefined;
  const names = readByline(line);
  const { attribs } = element;
  const isName = attribs.rel === 'author' || attribs.itemprop === 'author' || NAME_CLASS.test(attribs.class ?? '');
  if (names.length === 0 || (!isName && !names.every(isCapitalized))) return undefined;
  const isExact = isName || isAuthorPage(attribs.href);
  return {
    names,
    markup: `${element.name} ${attribs.class ?? ''} ${attribs.rel ?? ''} ${attribs.itemprop ?? ''}`,
    distance,
    score: distance + (isExact ? 0 : PENALTY_INEXACT) + (line.length > LONG_LINE ? PENALTY_LONG_LINE : 0),
  };
}

/** The first text that begins with a word such as "By"; where the names are in the elements beside it, those. */
function findUnmarkedAuthors(scan: PageScan, headline: HeadlineAnchor): string[] {
  for (const candidate of scan.texts) {
    const { text, element } = candidate;
    if (!beginsAsByline(text) || text.length > MAX_UNMARKED_BYLINE) continue;
    const maxDistance = beginsWithAuthorLabel(text) ? MAX_DISTANCE : MAX_DISTANCE_UNMARKED;
    if (distanceFromHeadline(candidate, headline) > maxDistance || !isInArticle(element, headline)) continue;
    const ownNames = readByline(text);
    const names = ownNames.length > 0 ? ownNames : readSurroundingByline(element);
    if (names.length > 0 && names.every((name) => name.split(' ').length <= MAX_UNMARKED_NAME && isCapitalized(name)))
      return names;
  }
  return [];
}

/** The names in the nearest element around a lone "By" that has any, if its text is short enough for a byline. */
function readSurroundingByline(element: Element): string[] {
  let node = element;
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const line = getText(node, MAX_READ, ' ').trim();
    if (line.length > MAX_SURROUNDING_LINE) break;
    const names = readByline(line);
    if (names.length > 0) return names;
    if (!node.parent || !isTag(node.parent)) break;
    node = node.parent;
  }
  return [];
}

/** The names in a line right under the headline that is divided by bars or dots: "Ada Example | Staff | July 2, 2026". */
function findAuthorsBesideDate({ texts }: PageScan, headline: HeadlineAnchor): string[] {
  for (const { text, element, position } of texts) {
    if (position < headline.position || position - headline.position > MAX_DISTANCE_BESIDE_DATE) continue;
    if (text.length > MAX_SURROUNDING_LINE || !/[|·•]/.test(text) || !isInArticle(element, headline)) continue;
    const names = readByline(text);
    if (names.length > 0 && names.every((name) => /^\S+( \S+){1,3}$/.test(name) && isCapitalized(name))) return names;
  }
  return [];
}
