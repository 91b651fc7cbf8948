import { present } from '../text/present.js';
import type { ArticleReading, FeedVersion, Page } from './article.js';
import { type Content, isArticleLength, readFragment } from './content.js';
import { readPage } from './read-page.js';
import { makeRecord } from './record.js';
import type { SiteRule } from './site-rules.js';

/**
 * The content of a feed of the same site is kept if the page has less than this share of its text: the extraction failed, or the
 * page shows only the beginning. The text of another site's feed never replaces a page's.
 */
const MIN_SHARE_OF_FEED_TEXT = 0.6;
/** Shorter paragraphs may repeat from page to page, in characters. */
const MIN_REPEATED = 40;

/** What a record is made of. Plain data, because it crosses into the extraction thread. */
export interface ReadInput {
  url: string;
  page?: Page;
  /** Which page of the article `page` is, from 1; 1 if not given. */
  number?: number;
  /** The article's other pages, in order. */
  further?: readonly Page[];
  feed: FeedVersion;
  now: Date;
  /** What a user knows about the site. */
  rule?: SiteRule;
}

/**
 * Makes a record of a page and of what its feed says, from whichever has the better text. Pure and synchronous: runs in a
 * thread.
 */
export function readArticle({ url, page, number, further = [], feed, now, rule }: ReadInput): ArticleReading {
  const reading = page ? readPage(page, now, { rule, number }) : {};
  if (reading.redirectsTo) return { kind: 'moved', to: reading.redirectsTo };
  const fromPage = reading.content && joinPages(reading.content, further, now, rule);
  const chosen = chooseContent(fromPage, readFeedContent(feed, url), feed.ownSite === true);
  const pageProblem = reading.problem ?? 'no-text';
  if (!chosen) return { kind: 'no-content', pageProblem };

  const { metadata, nextPage } = reading;
  const record = makeRecord({ ...chosen, feed, metadata, isGatePage: reading.problem === 'wall', now });
  if (chosen.source === 'page') return { kind: 'article', record, ...present({ nextPage }) };
  return { kind: 'article', record, ...(page && { pageProblem }) };
}

/** Joins an article's pages. Paragraphs that a later page repeats, such as a standfirst or a note, are left out. */
function joinPages(first: Content, further: readonly Page[], now: Date, rule: SiteRule | undefined): Content {
  const seenParagraphs = new Set(splitParagraphs(first.text));
  return further.reduce((whole, page) => {
    const { content } = readPage(page, now, { rule, seenParagraphs });
    if (!content || content.text === '') return whole;
    for (const paragraph of splitParagraphs(content.text)) seenParagraphs.add(paragraph);
    return { html: `${whole.html}\n${content.html}`, text: `${whole.text}\n\n${content.text}`, pages: whole.pages + 1 };
  }, first);
}

const splitParagraphs = (text: string): string[] => text.split(/\n+/).filter((line) => line.length >= MIN_REPEATED);

interface ChosenContent {
  source: 'page' | 'feed';
  content: Content;
}

/**
 * The page's content unless it is too short or, where the feed is of the same site, has much less text than the feed's; undefined
 * if neither has text.
 */
function chooseContent(page: Content | undefined, feed: Content | undefined, ownSite: boolean): ChosenContent | undefined {
  const feedLength = feed?.text.length ?? 0;
  const enough = ownSite ? feedLength * MIN_SHARE_OF_FEED_TEXT : 0;
  if (page && isArticleLength(page.text) && page.text.length >= enough) return { source: 'page', content: page };
  if (feed && feedLength > 0) return { source: 'feed', content: feed };
  return page && page.text.length > 0 ? { source: 'page', content: page } : undefined;
}

/** The feed's content, or else its summary, sanitized. Some feeds write an empty content element next to a full summary. */
function readFeedContent(feed: FeedVersion, baseUrl: string): Content | undefined {
  const html = [feed.contentHtml, feed.summaryHtml].find((text) => text !== undefined && text.trim() !== '');
  return html === undefined ? undefined : readFragment(html, baseUrl);
}
