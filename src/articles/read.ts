import { type Document, DomHandler, type Element, isTag } from 'domhandler';
import { Parser } from 'htmlparser2';
import type { WrittenAs } from '../text/date-words.js';
import { decode } from '../text/decode.js';
import { wellFormed } from '../text/well-formed.js';
import type { ArticleReading, ArticleRecord, FeedVersion, Page, PageProblem, Provenance } from './article.js';
import { findBody } from './body/find-body.js';
import { getTextLine } from './dom/text.js';
import { walk } from './dom/walk.js';
import { findRefreshTarget } from './meta-refresh.js';
import { detectLanguage, toLanguageTag } from './metadata/language.js';
import { type Metadata, readMetadata } from './metadata/metadata.js';
import { findNextPage } from './next-page.js';
import { makeExcerpt } from './output/excerpt.js';
import { sanitize } from './output/sanitize.js';
import { htmlToText } from './output/text.js';
import { countWords, estimateReadingMinutes } from './output/word-count.js';
import { applyRule, type SiteRule, withRule } from './site-rules.js';

/** Deeper than this no page is meant to be read: ten times what real ones reach. */
const MAX_DEPTH = 2_000;
/** Less text than this is no article, in characters; CJK says as much with fewer. */
const MIN_TEXT = 120;
const MIN_TEXT_CJK = 50;
/** The feed's own content is kept when the page has less than this share of its text: the extraction failed, or a wall stands there. */
const FEED_WINS_BELOW = 0.6;
/** Walls are short. */
/** Less than this is what is left of a page that scripts would fill, where structured data has more. */
const THIN_TEXT = 300;
const MAX_WALL_TEXT = 1_500;
/** What stands around a password field that is the page, not its menu. */
const MAX_LOGIN_TEXT = 200;
const WALL =
  /\b(log ?in to (continue|read)|sign in to (continue|read)|subscribe to (continue|read)|already a subscriber|verify (that )?you are (a )?human|enable javascript and cookies|checking your browser|access denied|captcha)\b/i;

export interface ReadInput {
  url: string;
  page?: Page;
  /** Which page of the article that is; the first unless told. */
  number?: number;
  /** The article's other pages, in order. */
  further?: readonly Page[];
  feed: FeedVersion;
  now: Date;
  /** What a user knows of the site. */
  rule?: SiteRule;
}

interface Content {
  html: string;
  text: string;
  /** Pages that it is of. */
  pages: number;
}

/** A page and what its feed said → a record, from whichever has the better text. Pure and synchronous; runs in a thread. */
export function readArticle({ url, page, number, further = [], feed, now, rule }: ReadInput): ArticleReading {
  const seen = page ? readPage(page, now, { rule, number }) : undefined;
  if (seen?.leadsTo) return { kind: 'moved', to: seen.leadsTo };
  const meta = seen?.metadata;
  const fromFeed = feedContent(feed, url);
  const problem = seen?.problem;
  const fromPage = problem || !seen?.content ? undefined : joined(seen.content, further, now, rule);

  const source = choose(fromPage, fromFeed);
  const content = source === 'page' ? fromPage : source === 'feed' ? fromFeed : undefined;
  if (!source || !content) return { kind: 'no-content', pageProblem: problem ?? 'no-text' };
  const record = recordOf({ content, source, feed, url, now, ...(meta ? { meta, isWall: problem === 'wall' } : {}) });
  if (source === 'feed') return { kind: 'article', record, ...(page ? { pageProblem: problem ?? 'no-text' } : {}) };
  return { kind: 'article', record, ...(seen?.nextPage ? { nextPage: seen.nextPage } : {}) };
}

/** A body of several pages as one; what a page says again of one before it (a standfirst, a note) is left out. */
function joined(first: Content, further: readonly Page[], now: Date, rule: SiteRule | undefined): Content {
  const said = new Set(paragraphsIn(first.text));
  return further.reduce((whole, page) => {
    const { content, problem } = readPage(page, now, { rule, said });
    if (!content || problem || content.text === '') return whole;
    for (const line of paragraphsIn(content.text)) said.add(line);
    return { html: `${whole.html}\n${content.html}`, text: `${whole.text}\n\n${content.text}`, pages: whole.pages + 1 };
  }, first);
}

/** Shorter lines may be said twice, in characters. */
const MIN_SAID = 40;
const paragraphsIn = (text: string): string[] => text.split(/\n+/).filter((line) => line.length >= MIN_SAID);

function choose(page: Content | undefined, feed: Content | undefined): 'page' | 'feed' | undefined {
  const pageIsText = page !== undefined && hasEnough(page.text);
  if (pageIsText && (!feed || page.text.length >= feed.text.length * FEED_WINS_BELOW)) return 'page';
  if (feed && feed.text.length > 0) return 'feed';
  return page && page.text.length > 0 ? 'page' : undefined;
}

const hasEnough = (text: string) =>
  text.length >= (/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/.test(text) ? MIN_TEXT_CJK : MIN_TEXT);

function recordOf({
  content,
  source,
  feed,
  url,
  now,
  meta,
  isWall = false,
}: {
  content: Content;
  source: 'page' | 'feed';
  feed: FeedVersion;
  url: string;
  now: Date;
  meta?: Metadata;
  /** What a wall says of itself is not of the article. */
  isWall?: boolean;
}): ArticleRecord {
  const published = feed.publishedAt
    ? dated(now, feed.publishedAt, 'feed', feed.publishedAs)
    : dated(now, meta?.publishedAt, meta?.publishedFrom, meta?.publishedAs);
  const language = meta?.language ?? toLanguageTag(feed.language);
  const image = isWall ? undefined : meta?.leadImage;
  const leadImageUrl = image?.url ?? feed.imageUrl;
  const about = isWall ? undefined : meta;
  const modified = dated(now, about?.modifiedAt, about?.modifiedFrom, about?.modifiedAs);
  const authors = feed.authors.length > 0 ? feed.authors : (meta?.authors ?? []);
  return {
    title: wellFormed(feed.title ?? meta?.title ?? makeExcerpt(content.text).slice(0, 80) ?? url),
    authors: authors.map(wellFormed),
    ...(published ? { publishedAt: published.at, published: published.provenance } : {}),
    ...(language ? { language } : {}),
    ...(meta?.siteName ? { siteName: wellFormed(meta.siteName) } : {}),
    excerpt: makeExcerpt(content.text),
    contentHtml: content.html,
    contentText: content.text,
    ...(leadImageUrl ? { leadImageUrl: wellFormed(leadImageUrl) } : {}),
    ...(image?.width && image.height ? { leadImageWidth: image.width, leadImageHeight: image.height } : {}),
    ...(image?.caption ? { leadImageCaption: wellFormed(image.caption) } : {}),
    wordCount: countWords(content.text),
    readingMinutes: estimateReadingMinutes(content.text),
    contentSource: source,
    ...(about?.canonicalUrl ? { canonicalUrl: about.canonicalUrl } : {}),
    ...(about?.section ? { section: wellFormed(about.section) } : {}),
    tags: (about?.tags ?? []).map(wellFormed),
    ...(modified ? { modifiedAt: modified.at, modified: modified.provenance } : {}),
    ...(about?.paywalled !== undefined ? { paywalled: about.paywalled } : {}),
    pageCount: source === 'page' ? content.pages : 0,
  };
}

/** A date with where it comes from. What lies in the future, as dates do that were written in another zone than they say, counts as now. */
function dated(now: Date, at: Date | undefined, source: Provenance['source'] | undefined, as: WrittenAs | undefined) {
  if (!at || !source) return undefined;
  const clamped = at > now;
  return {
    at: clamped ? now : at,
    provenance: { source, text: as?.text ?? at.toISOString(), zoneAssumed: as?.zoneAssumed ?? false, clamped },
  };
}

/** What the feed itself says, sanitized: its content, else its summary. */
function feedContent(feed: FeedVersion, baseUrl: string): Content | undefined {
  // Some feeds write an empty content element beside a full summary.
  const html = [feed.contentHtml, feed.summaryHtml].find((text) => text !== undefined && text.trim() !== '');
  if (html === undefined) return undefined;
  return contentOf(html, baseUrl);
}

/** A piece of HTML as content; of one that is too deep, nothing. */
function contentOf(html: string, baseUrl: string): Content {
  const document = parse(html);
  if (!document) return { html: '', text: '', pages: 1 };
  return { html: sanitize(document.children, { baseUrl }).trim(), text: htmlToText(document.children), pages: 1 };
}

interface PageReading {
  content?: Content;
  metadata?: Metadata;
  problem?: PageProblem;
  /** The page has nothing to say but where it has gone. */
  leadsTo?: string;
  nextPage?: string;
}

const NOTHING: ReadonlySet<string> = new Set();

interface PageOptions {
  rule?: SiteRule | undefined;
  /** Which page of its article it is. */
  number?: number | undefined;
  /** Paragraphs of the pages before it. */
  said?: ReadonlySet<string>;
}

/** A page → its content and metadata, or why it has none; what its feed said is not asked. A site's rule goes before what is true of most. */
const readPage = (page: Page, now: Date, options: PageOptions = {}): PageReading =>
  isHtml(page) ? readHtml(decode(page.body, page.contentType, 'html').text, page.url, now, options) : { problem: 'not-html' };

/** Likewise, of a page whose text is known to be HTML. */
export function readHtml(
  source: string,
  url: string,
  now: Date,
  { rule, number = 1, said = NOTHING }: PageOptions = {},
): PageReading {
  const document = parse(source);
  if (!document) return { problem: 'too-deep' };
  const { metadata, found, roots, skip: isClutter, next } = locateBody(document, { url, now, ...(rule ? { rule } : {}) });
  const skip =
    said.size === 0
      ? isClutter
      : (element: Element) => isClutter(element) || (element.name === 'p' && said.has(getTextLine(element)));
  const text = withoutTitle(htmlToText(roots, skip), metadata.title);
  const leadsTo = hasEnough(text) ? undefined : findRefreshTarget(document, url);
  if (leadsTo) return { leadsTo };
  if (isWall(document, text)) return { metadata, problem: 'wall' };
  const structured = metadata.articleBody ?? '';
  if (text.length < THIN_TEXT && structured.length > text.length * 2)
    return { content: contentOf(paragraphsOf(structured), metadata.baseUrl), metadata };
  if (text === '') return { metadata, problem: 'no-text' };
  const html = found ? [...(found.standfirst ? [found.standfirst] : []), ...found.root.children] : roots;
  const language = metadata.language ?? detectLanguage(text);
  const nextPage = next ?? findNextPage(document, { pageUrl: url, number, baseUrl: metadata.baseUrl });
  return {
    content: { html: sanitize(html, { baseUrl: metadata.baseUrl, skip }).trim(), text, pages: 1 },
    metadata: { ...metadata, ...(language ? { language } : {}) },
    ...(nextPage && nextPage !== url ? { nextPage } : {}),
  };
}

/** Where the body of a page is, and what in it is none of it. */
export function locateBody(document: Document, { url, now, rule }: { url: string; now: Date; rule?: SiteRule }) {
  const read = readMetadata(document, url, now);
  const metadata = rule ? withRule(read, document, rule) : read;
  const ruled = rule && applyRule(document, rule, metadata.baseUrl);
  const found = ruled?.content.length
    ? undefined
    : findBody(document, { authors: metadata.authors, ...(metadata.title ? { title: metadata.title } : {}) });
  return {
    metadata,
    found,
    roots: found ? [found.standfirst, found.root].filter((root) => root !== undefined) : (ruled?.content ?? []),
    skip: (element: Element): boolean => (ruled?.strip.has(element) ?? false) || (found?.isClutter(element) ?? false),
    next: ruled?.next,
    why: (element: Element): string | undefined =>
      ruled?.strip.has(element) ? "stripped by the site's rule" : found?.explainDropped(element),
  };
}

/** Structured data has the text plain, its paragraphs by line breaks. */
const paragraphsOf = (text: string): string =>
  /<\w/.test(text)
    ? text
    : text
        .split(/\n+/)
        .map((line) => `<p>${line}</p>`)
        .join('\n');

/** By type and by first bytes: servers name HTML otherwise, and other things HTML. */
function isHtml({ contentType, body }: Page): boolean {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(1_000, body.byteLength))
    .toString('latin1')
    .replaceAll('\0', '');
  if (/^(%PDF-|\x89PNG|\xff\xd8\xff|GIF8|PK\x03\x04|RIFF|\x1f\x8b)/.test(head)) return false;
  if (/^\s*(text\/html|application\/xhtml\+xml)/i.test(contentType)) return true;
  if (/^\s*(image|audio|video|font)\/|^\s*application\/(pdf|json|zip|octet-stream)/i.test(contentType)) return false;
  return /<(!doctype html|html|head|body|article|p|div)[\s>]/i.test(head);
}

/** Knows how deep the tree is that it makes. */
class MeasuringHandler extends DomHandler {
  deepest = 0;
  override addNode(...args: Parameters<DomHandler['addNode']>): void {
    super.addNode(...args);
    this.deepest = Math.max(this.deepest, this.tagStack.length);
  }
}

/** The tree of a page; undefined when it is deeper than any that is meant to be read. */
function parse(html: string): Document | undefined {
  const handler = new MeasuringHandler();
  new Parser(handler).end(html);
  return handler.deepest > MAX_DEPTH ? undefined : handler.root;
}

/** A login, consent or bot check in place of the article: little text, and a password field or words that say so. */
function isWall(document: Document, text: string): boolean {
  if (text.length > MAX_WALL_TEXT) return false;
  let password = false;
  walk(
    document.children,
    (node) => {
      if (isTag(node) && node.name === 'input' && /^password$/i.test(node.attribs.type ?? '')) password = true;
      return !password;
    },
    () => undefined,
  );
  return (password && text.length < MAX_LOGIN_TEXT) || WALL.test(text);
}

/** The headline stands in the record's title; at the head of the body it would stand twice. */
function withoutTitle(text: string, title: string | undefined): string {
  return title && text.startsWith(`${title}\n`) ? text.slice(title.length).trim() : text;
}
