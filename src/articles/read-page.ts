import type { AnyNode } from 'domhandler';
import { decode } from '../text/decode.js';
import { present } from '../text/present.js';
import type { Page, PageProblem } from './article.js';
import { type Content, isArticleLength, parsePage, readFragment } from './content.js';
import { getTextLine } from './dom/text.js';
import { isGatePage } from './gate-page.js';
import { type LocatedBody, locateBody } from './locate-body.js';
import { findRefreshTarget } from './meta-refresh.js';
import { detectLanguage } from './metadata/language.js';
import type { Metadata } from './metadata/metadata.js';
import { findNextPage } from './next-page.js';
import { sanitize } from './output/sanitize.js';
import { htmlToText } from './output/text.js';
import type { SiteRule } from './site-rules.js';

/** A body with less text, in characters, may be what is left of a page that scripts fill; structured data then replaces it. */
const THIN_TEXT = 300;
/** Bytes in which a file's signature or a first HTML tag is looked for. */
const SNIFFED_BYTES = 1_000;

/** What a page says, without regard to its feed. */
export interface PageReading {
  /** Undefined if there is a problem or a redirect. */
  content?: Content;
  metadata?: Metadata;
  problem?: PageProblem;
  /** The URL of the page that this one only redirects to. */
  redirectsTo?: string;
  /** The URL of the article's next page. */
  nextPage?: string;
}

/** What is known about a page before it is read. */
export interface PageOptions {
  rule?: SiteRule | undefined;
  /** Which page of its article this is, from 1. */
  number?: number | undefined;
  /** Paragraphs of the pages before it, which are left out where it repeats them. */
  seenParagraphs?: ReadonlySet<string>;
}

const NO_PARAGRAPHS: ReadonlySet<string> = new Set();

/** Reads a page's content and metadata, or finds out why it has none. A site's rule overrides the general rules. */
export const readPage = (page: Page, now: Date, options: PageOptions = {}): PageReading =>
  isHtml(page) ? readHtml(decode(page.body, page.contentType, 'html').text, page.url, now, options) : { problem: 'not-html' };

/** Like `readPage`, for text that is known to be HTML. */
export function readHtml(source: string, url: string, now: Date, options: PageOptions = {}): PageReading {
  const { rule, number = 1, seenParagraphs = NO_PARAGRAPHS } = options;
  const document = parsePage(source);
  if (!document) return { problem: 'too-deep' };
  const body = locateBody(document, { url, now, ...present({ rule }) });
  const { metadata } = body;
  const skip = skipRepeated(body.skip, seenParagraphs);
  const text = removeTitle(htmlToText(body.roots, skip), metadata.title);

  const redirectsTo = isArticleLength(text) ? undefined : findRefreshTarget(document, url);
  if (redirectsTo) return { redirectsTo };
  if (isGatePage(document, text)) return { metadata, problem: 'wall' };
  const structured = metadata.articleBody ?? '';
  if (text.length < THIN_TEXT && structured.length > text.length * 2)
    return { content: readFragment(toParagraphs(structured), metadata.baseUrl), metadata };
  if (text === '') return { metadata, problem: 'no-text' };
  const html = sanitize(listBodyNodes(body), { baseUrl: metadata.baseUrl, skip }).trim();
  const nextPage = body.next ?? findNextPage(document, { pageUrl: url, number, baseUrl: metadata.baseUrl });
  return {
    content: { html, text, pages: 1 },
    metadata: { ...metadata, ...present({ language: metadata.language ?? detectLanguage(text) }) },
    ...(nextPage !== url && present({ nextPage })),
  };
}

/** The nodes that become the record's HTML: without the element around the body that the general rules found. */
function listBodyNodes({ found, roots }: LocatedBody): AnyNode[] {
  if (!found) return roots;
  return found.standfirst ? [found.standfirst, ...found.root.children] : found.root.children;
}

/** Skips paragraphs that earlier pages of the article have as well. */
function skipRepeated(skip: LocatedBody['skip'], seenParagraphs: ReadonlySet<string>): LocatedBody['skip'] {
  if (seenParagraphs.size === 0) return skip;
  return (element) => skip(element) || (element.name === 'p' && seenParagraphs.has(getTextLine(element)));
}

/** Structured data usually has the text plain, with line breaks between paragraphs. */
const toParagraphs = (text: string): string =>
  /<\w/.test(text)
    ? text
    : text
        .split(/\n+/)
        .map((line) => `<p>${line}</p>`)
        .join('\n');

/** Removes the headline from the head of the body: the record has it as its title. */
const removeTitle = (text: string, title: string | undefined): string =>
  title && text.startsWith(`${title}\n`) ? text.slice(title.length).trim() : text;

/**
 * Looks at the first bytes as well as at the content type, because servers send HTML under other types and other files as
 * HTML.
 */
function isHtml({ contentType, body }: Page): boolean {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(SNIFFED_BYTES, body.byteLength))
    .toString('latin1')
    .replaceAll('\0', '');
  if (/^(%PDF-|\x89PNG|\xff\xd8\xff|GIF8|PK\x03\x04|RIFF|\x1f\x8b)/.test(head)) return false;
  if (/^\s*(text\/html|application\/xhtml\+xml)/i.test(contentType)) return true;
  if (/^\s*(image|audio|video|font)\/|^\s*application\/(pdf|json|zip|octet-stream)/i.test(contentType)) return false;
  return /<(!doctype html|html|head|body|article|p|div)[\s>]/i.test(head);
}
