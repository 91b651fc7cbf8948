import { Parser } from 'htmlparser2';

/** More than any page needs to name. */
const MAX_LINKS = 20;
/** Types that feeds are linked under. */
const FEED_TYPE = /^(application|text)\/(rss|atom|rdf|feed|x\.atom)?\+?(xml|json)$/i;
/** What an ordinary link to a feed looks like, by its address or its words. */
const FEED_ADDRESS = /(^|[/._-])(rss|atom|feeds?)([/._-]|$)[^?]*$|\.(rss|rdf|atom)$/i;
const FEED_WORDS = /^\W*(rss|atom|rss feed|atom feed|feed|subscribe \(rss\))\W*$/i;
/** Where the common publishing systems put their feeds (WordPress, Ghost, Jekyll, Hugo, Drupal, Medium, Blogger). */
const WELL_KNOWN = ['/feed', '/rss', '/feed.xml', '/rss.xml', '/atom.xml', '/index.xml', '/feed.json', '/feeds/posts/default'];

export interface FeedLink {
  url: string;
  title?: string;
}

/** The feeds that a web page names by `<link rel="alternate">` (RSS autodiscovery), in the order of the page. */
export function discoverFeeds(html: string, pageUrl: string): FeedLink[] {
  return linksOf(html, pageUrl).named;
}

/**
 * Where a feed may be when its page names none: links that look like one, those of the same host first, and then where
 * publishing systems put theirs. Guesses: each has to be looked at.
 */
export function guessFeeds(html: string, pageUrl: string): FeedLink[] {
  const { origin, host } = new URL(pageUrl);
  const { guessed } = linksOf(html, pageUrl);
  const own = guessed.filter(({ url }) => new URL(url).host === host);
  const others = guessed.filter(({ url }) => new URL(url).host !== host);
  const known = WELL_KNOWN.map((path) => ({ url: `${origin}${path}` }));
  return [...new Map([...own, ...others, ...known].map((link) => [link.url, link])).values()];
}

function linksOf(html: string, pageUrl: string): { named: FeedLink[]; guessed: FeedLink[] } {
  const named = new Map<string, FeedLink>();
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
  const parser = new Parser({
    onopentag(name, { rel = '', type = '', href, title }) {
      if (!href) return;
      if (name === 'base' && URL.canParse(href, pageUrl)) base = new URL(href, pageUrl).href;
      const url = absolute(href);
      if (!url) return;
      const isFeed = /(^|\s)(alternate|feed)(\s|$)/i.test(rel) && FEED_TYPE.test(type.split(';')[0]?.trim() ?? '');
      if (name === 'link' && isFeed) add(named, url, title);
      if (name === 'a') {
        anchor = { url, text: '' };
        if (FEED_ADDRESS.test(new URL(url).pathname)) add(guessed, url, title);
      }
    },
    ontext(text) {
      if (anchor && anchor.text.length < 100) anchor.text += text;
    },
    onclosetag(name) {
      if (name !== 'a' || !anchor) return;
      if (FEED_WORDS.test(anchor.text)) add(guessed, anchor.url);
      anchor = undefined;
    },
  });
  parser.end(html);
  return { named: [...named.values()], guessed: [...guessed.values()] };
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
export function feedOfService(address: string): string | undefined {
  const url = new URL(address);
  for (const [host, path, feed] of SERVICES) {
    const match = host.test(url.hostname) ? path.exec(url.pathname) : null;
    const found = match ? feed(match, url) : undefined;
    if (found) return found;
  }
  return undefined;
}
