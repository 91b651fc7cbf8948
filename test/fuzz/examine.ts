import type { ArticleReading } from '../../src/articles/article.js';
import { explainPage } from '../../src/articles/body/explain.js';
import { parsePage } from '../../src/articles/content.js';
import { proxyImages } from '../../src/articles/output/image-proxy.js';
import { htmlToMarkdown } from '../../src/articles/output/markdown.js';
import { sanitize } from '../../src/articles/output/sanitize.js';
import { readArticle } from '../../src/articles/read.js';
import { type DiscoveredFeeds, discoverFeeds } from '../../src/feeds/discover.js';
import type { FeedReading } from '../../src/feeds/feed.js';
import { type Inspection, inspectFeed } from '../../src/feeds/inspect/inspect-feed.js';
import { readFeed } from '../../src/feeds/read.js';
import { decode } from '../../src/text/decode.js';
import { writeOutputs } from '../outputs.js';
import { type FuzzDocument, NOW } from './documents.js';

/** Entries of a feed that are made into records, as if each had no page. */
const MAX_RECORDS = 20;
/** The longest snippet that is written to every output, in characters: Markdown renderers and XML parsers are not linear. */
const MAX_SNIPPET = 3_000;

/** What our readers make of a document. Plain data, because it leaves the thread. */
export interface Examined {
  feed?: FeedReading;
  inspection?: Inspection;
  articles: ArticleReading[];
  discovered?: DiscoveredFeeds;
  /** HTML that consumers show, by where it comes from. All of it must be within the allow-list. */
  sanitized: Record<string, string>;
  /** Other outputs as a consumer shows them. They must run nothing. */
  shown: Record<string, string>;
  markdown: string[];
}

/** Reads a document in every way in which a document of its kind is read. Whatever it holds, nothing may be thrown. */
export async function examine(document: FuzzDocument): Promise<Examined> {
  const body = Uint8Array.from(document.body);
  return document.kind === 'feed' ? examineFeed({ ...document, body }) : examinePage({ ...document, body });
}

async function examineFeed(document: FuzzDocument): Promise<Examined> {
  const feed = await readFeed({ ...document, now: NOW });
  if (feed.kind === 'not-a-feed') return { feed, articles: [], sanitized: {}, shown: {}, markdown: [] };
  const inspection = inspectFeed(document, feed.feed, NOW);
  const entries = inspection.entries.slice(0, MAX_RECORDS);
  const articles = entries.map((entry) => readArticle({ url: entry.url ?? document.url, feed: entry, now: NOW }));
  return { feed, inspection, ...describeArticles(articles), shown: {} };
}

async function examinePage(page: FuzzDocument): Promise<Examined> {
  const article = readArticle({ url: page.url, page, feed: { authors: [] }, now: NOW });
  const { text } = decode(page.body, page.contentType, 'html');
  const tree = parsePage(text);
  explainPage(page, NOW);
  const { sanitized, ...described } = describeArticles([article]);
  return {
    ...described,
    discovered: discoverFeeds(text, page.url),
    sanitized: { ...sanitized, ...(tree && { 'the whole page': sanitize(tree.children, { baseUrl: page.url }) }) },
    shown: page.kind === 'snippet' && tree && text.length <= MAX_SNIPPET ? await writeOutputs(text) : {},
  };
}

function describeArticles(articles: ArticleReading[]): Pick<Examined, 'articles' | 'sanitized' | 'markdown'> {
  const bodies = articles.flatMap((reading) => (reading.kind === 'article' ? reading.record.contentHtml : []));
  const withProxy = (html: string) => proxyImages({ content_html: html }, 'https://proxy.example/?url={url}').content_html;
  return {
    articles,
    sanitized: Object.fromEntries(
      bodies.flatMap((html, n) => [
        [`record ${n}`, html],
        [`record ${n} with IMAGE_PROXY`, withProxy(html)],
      ]),
    ),
    markdown: bodies.map(htmlToMarkdown),
  };
}
