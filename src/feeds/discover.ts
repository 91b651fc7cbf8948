import { normalizeUrl } from '../web/normalize-url.js';
import { readXml } from './formats/xml.js';

/** More than any page needs to name. */
const MAX_LINKS = 20;
/** Types that feeds are linked under. */
const FEED_TYPE = /^(application|text)\/(rss|atom|rdf|feed|x\.atom)?\+?(xml|json)$/i;
/** What an ordinary link to a feed looks like, by its address or its words. */
const FEED_ADDRESS = /(^|[/._-])(rss|atom|feeds?)([/._-]|$)[^?]*$|\.(rss|rdf|atom)$/i;
const FEED_WORDS = /^\W*(rss|atom|rss feed|atom feed|feed|subscribe \(rss\))\W*$/i;
/** Where the common publishing systems put their feeds (WordPress, Ghost, Jekyll, Hugo, Drupal, Medium, Blogger). */
const WELL_KNOWN = ['/feed', '/rss', '/feed.xml', '/rss.xml', '/atom.xml', '/index.xml', '/feed.json', '/feeds/posts/default'];

/** A feed's address as typed, made whole: `example.org/feed` means https. Undefined when it is none. */
export function parseFeedAddress(text: string): string | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/:]+:\d+(\/|$)/.test(text);
  // A bare word is no host of the web; one with its scheme may be a host of the user's own network.
  if (!hasScheme && !/^[^/?#]+[.:]/.test(text)) return undefined;
  const url = (hasScheme ? text : `https://${text}`).replace(/^feed:(\/\/)?(?=https?:)/i, '').replace(/^feed:/i, 'https:');
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (!/^https?:$/.test(parsed.protocol)) return undefined;
  parsed.hash = '';
  // Not canonicalUrl: a feed's parameters may be its key. That one only answers whether an address is usable at all.
  return normalizeUrl(parsed.href) ? parsed.href : undefined;
}

export interface FeedLink {
  url: string;
  title?: string;
}

/**
 * The feeds of a web page: those that it names by `<link rel="alternate">` (RSS autodiscovery), in the order of the page, and guesses
 * for a page that names none, each of which has to be looked at: links that look like one, those of the same host first, and then
 * where publishing systems put theirs. In linear time, as far as the bounds of `readXml` go.
 */
export function discoverFeeds(html: string, pageUrl: string): { declared: FeedLink[]; guessed: FeedLink[] } {
  const { declared, guessed } = linksOf(html, pageUrl);
  return { declared, guessed: inOrder(guessed, pageUrl) };
}

function inOrder(guessed: readonly FeedLink[], pageUrl: string): FeedLink[] {
  const { origin, host } = new URL(pageUrl);
  const own = guessed.filter(({ url }) => new URL(url).host === host);
  const others = guessed.filter(({ url }) => new URL(url).host !== host);
  const known = WELL_KNOWN.map((path) => ({ url: `${origin}${path}` }));
  return [...new Map([...own, ...others, ...known].map((link) => [link.url, link])).values()];
}

function linksOf(html: string, pageUrl: string): { declared: FeedLink[]; guessed: FeedLink[] } {
  const declared = new Map<string, FeedLink>();
  const guessed = new Map<string, FeedLink>();
  let base = pageUrl;
  let anchor: { url: string; text: string } | undefined;
  const add = (list: Map<string, FeedLink>, url: string, title?: string) => {
    if (list.size < MAX_LINKS && !list.has(url)) list.set(url, { url, ...(title ? { title } : {}) });
  };
  const absolute = (href: string) => {
    const url = URL.canParse(href, base) ? new URL(href, base).href : '';
    return /^https?:/.test(url) ? url : undefined;
  };
  readXml(html, {
    open({ name, attributes }) {
      const href = attributes.get('href');
      if (!href) return;
      if (name === 'base' && URL.canParse(href, pageUrl)) base = new URL(href, pageUrl).href;
      const url = absolute(href);
      if (!url) return;
      const title = attributes.get('title');
      const type = attributes.get('type')?.split(';')[0]?.trim() ?? '';
      const isFeed = /(^|\s)(alternate|feed)(\s|$)/i.test(attributes.get('rel') ?? '') && FEED_TYPE.test(type);
      if (name === 'link' && isFeed) add(declared, url, title);
      if (name === 'a') {
        anchor = { url, text: '' };
        if (FEED_ADDRESS.test(new URL(url).pathname)) add(guessed, url, title);
      }
    },
    text(text) {
      if (anchor && anchor.text.length < 100) anchor.text += text;
    },
    close({ name }) {
      if (name !== 'a' || !anchor) return;
      if (FEED_WORDS.test(anchor.text)) add(guessed, anchor.url);
      anchor = undefined;
    },
    ends: () => false,
  });
  return { declared: [...declared.values()], guessed: [...guessed.values()] };
}

/** Services whose pages do not name the feed that people mean, or not in a way that can be relied on. */
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
  // Mastodon and what speaks like it: the account's address with .rss behind it.
  [
    /./,
    /^\/@([\w.-]+)\/?$/,
    ([, name], url) => (/(^|\.)(youtube|medium|tiktok)\.com$/.test(url.hostname) ? undefined : `${url.origin}/@${name}.rss`),
  ],
];

/** The feed of a channel, subreddit, repository or account that a person's address means; undefined for all other addresses. */
export function findServiceFeed(address: string): string | undefined {
  const url = new URL(address);
  for (const [host, path, feed] of SERVICES) {
    const match = host.test(url.hostname) ? path.exec(url.pathname) : null;
    const found = match ? feed(match, url) : undefined;
    if (found) return found;
  }
  return undefined;
}
