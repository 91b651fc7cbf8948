import { load } from 'cheerio/slim';
import { type AnyNode, type Element, hasChildren, isText } from 'domhandler';
import { FIELD_LIMITS, keepWhole, limitText } from '../text/field-limits.js';
import { parseHtml, selectElements } from '../text/html-tree.js';
import { present } from '../text/present.js';
import { canParseUrl, resolveHttpUrl } from '../text/url.js';
import { normalizeUrl } from '../web/normalize-url.js';

/** Links kept of each kind; no page needs more. */
const MAX_LINKS = 20;
/** What is read of a page. Real pages reach a tenth of these, and the first part of a larger one is enough to find its feeds. */
const PAGE_LIMITS = { maxDepth: 2_000, maxNodes: 250_000 };
/** What is read of a link's text, in nodes and in characters. Links nest in hostile pages, so this keeps the time linear. */
const MAX_LINK_NODES = 50;
const MAX_LINK_TEXT = 100;
/** Media types under which pages declare feeds. */
const FEED_TYPE = /^(application|text)\/(rss|atom|rdf|feed|x\.atom)?\+?(xml|json)$/i;
/** Paths that look like a feed's. */
const FEED_PATH = /(^|[/._-])(rss|atom|feeds?)([/._-]|$)|\.(rss|rdf|atom)$/i;
/** Link texts that name a feed. */
const FEED_WORDS = /^\W*(rss|atom|rss feed|atom feed|feed|subscribe \(rss\))\W*$/i;
/** Where common publishing systems serve feeds: WordPress, Ghost, Jekyll, Hugo, Drupal, Medium, Blogger. */
const WELL_KNOWN_PATHS = [
  '/feed',
  '/rss',
  '/feed.xml',
  '/rss.xml',
  '/atom.xml',
  '/index.xml',
  '/feed.json',
  '/feeds/posts/default',
];

/**
 * Parses a feed's address as a person types it: `example.org/feed` means https, `feed:` URLs are unwrapped, the fragment goes.
 * Undefined if it cannot be an http(s) URL.
 */
export function parseFeedAddress(text: string): string | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/:]+:\d+(\/|$)/.test(text);
  // A single word is not a public host. With a scheme, it may be a host of the user's own network.
  if (!hasScheme && !/^[^/?#]+[.:]/.test(text)) return undefined;
  const url = (hasScheme ? text : `https://${text}`).replace(/^feed:(\/\/)?(?=https?:)/i, '').replace(/^feed:/i, 'https:');
  if (!canParseUrl(url)) return undefined;
  const parsed = new URL(url);
  if (!/^https?:$/.test(parsed.protocol)) return undefined;
  parsed.hash = '';
  // The normalized URL only tells whether the address is usable: it drops parameters that may be the feed's key.
  return normalizeUrl(parsed.href) ? parsed.href : undefined;
}

/** A link to a feed. */
export interface FeedLink {
  url: string;
  title?: string;
}

/** The feeds of a web page. */
export interface DiscoveredFeeds {
  /** Declared with `<link rel="alternate">` (RSS autodiscovery), in document order. */
  declared: FeedLink[];
  /**
   * Candidates that must be fetched to find out: links that look like a feed, those to the page's own host first, and then
   * well-known paths.
   */
  guessed: FeedLink[];
}

/** Finds the feeds of a web page, in linear time and with the limits above. */
export function discoverFeeds(html: string, pageUrl: string): DiscoveredFeeds {
  const $ = load(parseHtml(html, PAGE_LIMITS).document);
  const base = selectElements($, 'base[href]').find(({ attribs }) => canParseUrl(attribs.href ?? '', pageUrl));
  const baseUrl = base ? new URL(base.attribs.href ?? '', pageUrl).href : pageUrl;
  const declared = collectLinks(selectElements($, 'link[rel][type][href]').filter(isFeedLink), baseUrl);
  const linked = collectLinks(selectElements($, 'a[href]'), baseUrl, looksLikeFeed);
  return { declared, guessed: orderGuesses(linked, pageUrl) };
}

function isFeedLink({ attribs }: Element): boolean {
  const type = attribs.type?.split(';')[0]?.trim() ?? '';
  return /(^|\s)(alternate|feed)(\s|$)/i.test(attribs.rel ?? '') && FEED_TYPE.test(type);
}

const looksLikeFeed = (link: Element, url: string): boolean =>
  FEED_PATH.test(new URL(url).pathname) || FEED_WORDS.test(readLinkText(link));

/** The http(s) targets of links that `accept` takes, each once. */
function collectLinks(
  links: readonly Element[],
  baseUrl: string,
  accept: (link: Element, url: string) => boolean = () => true,
): FeedLink[] {
  const found = new Map<string, FeedLink>();
  for (const link of links) {
    if (found.size >= MAX_LINKS) break;
    const url = keepWhole(resolveHttpUrl(link.attribs.href ?? '', baseUrl), FIELD_LIMITS.url);
    if (url && !found.has(url) && accept(link, url))
      found.set(url, { url, ...present({ title: limitText(link.attribs.title, FIELD_LIMITS.title) }) });
  }
  return [...found.values()];
}

function readLinkText(link: Element): string {
  const pending: AnyNode[] = [link];
  let text = '';
  for (let nodes = 0; nodes < MAX_LINK_NODES && text.length < MAX_LINK_TEXT; nodes += 1) {
    const node = pending.pop();
    if (!node) break;
    if (isText(node)) text += node.data;
    else if (hasChildren(node)) pending.push(...node.children.slice(0, MAX_LINK_NODES).reverse());
  }
  return text;
}

function orderGuesses(links: readonly FeedLink[], pageUrl: string): FeedLink[] {
  const { origin, host } = new URL(pageUrl);
  const own = links.filter(({ url }) => new URL(url).host === host);
  const others = links.filter(({ url }) => new URL(url).host !== host);
  const wellKnown = WELL_KNOWN_PATHS.map((path) => ({ url: `${origin}${path}` }));
  return [...new Map([...own, ...others, ...wellKnown].map((link) => [link.url, link])).values()];
}

/** Services whose pages do not reliably declare the feed that people mean. */
const SERVICES: [host: RegExp, path: RegExp, feed: (match: RegExpExecArray, url: URL) => string | undefined][] = [
  [
    /^(www\.|m\.)?youtube\.com$/,
    /^\/channel\/(UC[\w-]{22})/,
    ([, id]) => `https://www.youtube.com/feeds/videos.xml?channel_id=${id}`,
  ],
  [
    /^(www\.|m\.)?youtube\.com$/,
    /^\/playlist$/,
    (_, url) => {
      const list = url.searchParams.get('list');
      return list ? `https://www.youtube.com/feeds/videos.xml?playlist_id=${encodeURIComponent(list)}` : undefined;
    },
  ],
  [
    /^(www\.|old\.|new\.)?reddit\.com$/,
    /^\/(r|user)\/([\w-]+)\/?$/,
    ([, kind, name]) => `https://www.reddit.com/${kind}/${name}/.rss`,
  ],
  [
    /^(www\.)?github\.com$/,
    /^\/([\w.-]+)\/([\w.-]+)\/?$/,
    ([, owner, name]) => `https://github.com/${owner}/${name}/releases.atom`,
  ],
  [/^bsky\.app$/, /^\/profile\/([\w.:-]+)\/?$/, ([, name]) => `https://bsky.app/profile/${name}/rss`],
  // Mastodon and other fediverse servers: the account's URL followed by .rss.
  [
    /./,
    /^\/@([\w.-]+)\/?$/,
    ([, name], url) => (/(^|\.)(youtube|medium|tiktok)\.com$/.test(url.hostname) ? undefined : `${url.origin}/@${name}.rss`),
  ],
];

/** The feed of the channel, subreddit, repository or account whose page is at this URL; undefined for all other URLs. */
export function findServiceFeed(address: string): string | undefined {
  const url = new URL(address);
  for (const [host, path, feed] of SERVICES) {
    const match = host.test(url.hostname) ? path.exec(url.pathname) : null;
    const found = match ? feed(match, url) : undefined;
    if (found) return found;
  }
  return undefined;
}
