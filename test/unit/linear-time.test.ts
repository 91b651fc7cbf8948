import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { explainPage } from '../../src/articles/body/explain.js';
import { proxyImages } from '../../src/articles/output/image-proxy.js';
import { htmlToMarkdown } from '../../src/articles/output/markdown.js';
import { sanitize } from '../../src/articles/output/sanitize.js';
import { htmlToText } from '../../src/articles/output/text.js';
import { readArticle } from '../../src/articles/read.js';
import { discoverFeeds } from '../../src/feeds/discover.js';
import { inspectFeed } from '../../src/feeds/inspect/inspect-feed.js';
import { readFeed } from '../../src/feeds/read.js';
import { redactCredentials } from '../../src/web/credentials.js';
import { rss } from '../builders.js';
import { cpuMs } from '../timing.js';

/** Characters of the shorter of two texts that are compared. */
const LENGTH = 20_000;
/** Quadratic time on twice as many characters is far above this, in ms. */
const ALWAYS_FAST_MS = 100;
/** How much longer twice the text may take. Linear time is 2, quadratic time 4. */
const MAX_RATIO = 3;
/** Measurements before a text counts as slow, because the machine may be busy. */
const ATTEMPTS = 5;

/** Pieces that are repeated. Most begin something that never ends. */
const PIECES = [
  ...[
    '\\',
    '|',
    '\\|',
    '`',
    '*',
    '_',
    '[',
    '](',
    '!',
    '~',
    '#',
    '&',
    '&amp;',
    '"',
    "'",
    '.',
    ',',
    ';',
    ':',
    '@',
    '@-',
    '://',
    '-',
  ],
  ...[' ', '\t', '\n', '\u00a0', '\ufffd', '(', ')', '0', '0.', 'a', 'A', 'é', '漢', 'by ', 'a@', ': ', '1 ', '2026 '],
  ...['<', '<!--', '<!---->', '<![CDATA[', '<?', '</', '<a', '<a href=', '<a href="', '<a href="x">', '<a href="/x">a</a>'],
  ...[
    '<b>',
    '<b>x</b>',
    '<b>!</b>a',
    '<b>x</b> ',
    '<i><b>',
    'a<b>x!</b>',
    '<br>',
    '<hr>',
    '<code>`</code>',
    '<pre>',
    '<p>',
    '<p>a</p>',
  ],
  ...[
    '<div>',
    '<div class="a b">',
    '<span>',
    '<li>',
    '<ul><li>',
    '<ul><li>a</ul>',
    '<blockquote>',
    '<h1>',
    '<h2>a</h2>',
    '<dl><dt>',
  ],
  ...[
    '<table>',
    '<td>',
    '<tr><td>',
    '<table><tr><td>a<td>b',
    '<td colspan=50>',
    '<img>',
    '<img src=x>',
    '<img alt="',
    '<img src="a" alt="',
  ],
  ...[
    '<video poster=x>',
    '<video>',
    '<math>',
    '<math><annotation encoding=tex>a',
    '<noscript>',
    '<noscript><img src=x>',
    '<svg>',
    '<iframe>',
  ],
  ...[
    '<link>',
    '<link',
    '<link href=',
    '<link rel=next href=x>',
    '<link rel=alternate type="application/rss+xml" href=x>',
    '<meta',
  ],
  ...[
    '<meta charset=',
    '<meta name=author content="a">',
    '<meta property="article:tag" content=",,,">',
    '<title>',
    '<time>',
    '<time datetime=',
  ],
  ...[
    '<script type="application/ld+json">',
    '<script type="application/ld+json">{"author":[',
    '{"@context":"',
    '{',
    '[{',
    '\\"',
    '<p style="color:',
  ],
  ...[
    '<item>',
    '<item><title>a',
    '<item/>',
    '<entry>',
    '<guid>',
    '<guid>a</guid>',
    '<pubDate>',
    '<pubDate>1 Jan',
    '<dc:date>',
    '<category>',
    '<author>',
  ],
  ...[
    '<author>a@b (',
    '<x:y xmlns:x="a#',
    '<content:encoded>',
    '<content:encoded><![CDATA[',
    '<enclosure url=x>',
    '<description>&lt;',
  ],
];

const url = 'https://n.example/a';
const now = new Date('2026-03-02T12:00:00Z');
const page = (html: string) => ({ url, contentType: 'text/html; charset=utf-8', body: Buffer.from(html) });
const feed = (text: string) => ({ url, contentType: 'application/rss+xml', body: Buffer.from(text) });

/** What meets text from the web, given text of an article, page or feed. */
const READERS: Record<string, (text: string) => unknown> = {
  'an article, as Markdown': (text) => htmlToMarkdown(`<p>${text}</p>`),
  'a table, as Markdown': (text) => htmlToMarkdown(`<table><tr><td>a</td><td>${text}</td></tr></table>`),
  'a heading, as Markdown': (text) => htmlToMarkdown(`<h2>${text}</h2>`),
  'an article, as text': (text) => htmlToText(parseDocument(text).children),
  'an article, sanitized': (text) => sanitize(parseDocument(text).children, { baseUrl: url }),
  'an article, with an image proxy': (text) => proxyImages({ content_html: text }, 'https://p.example/{url}'),
  'a page': (text) => readArticle({ url, page: page(`<body><article><h1>T</h1>${text}`), feed: { authors: [] }, now }),
  'the head of a page': (text) => readArticle({ url, page: page(`<head>${text}`), feed: { authors: [] }, now }),
  'metadata of a page': (text) => {
    const value = text.replace(/[&"]/g, (sign) => (sign === '&' ? '&amp;' : '&quot;'));
    const names = [
      'author',
      'citation_author',
      'article:tag',
      'article:published_time',
      'og:title',
      'og:site_name',
      'description',
    ];
    const meta = names.map((name) => `<meta name="${name}" content="${value}">`).join('');
    return readArticle({
      url,
      page: page(`<title>${value}</title>${meta}<h1 class="${value}">T</h1>`),
      feed: { authors: [] },
      now,
    });
  },
  'an explanation': (text) => explainPage(page(`<body><p>${text}`), now),
  'the feeds of a page': (text) => discoverFeeds(text, url),
  'a credential in a message': (text) => redactCredentials(text.repeat(10)),
};

/** As `READERS`, for what is read in a promise. */
const FEED_READERS: Record<string, (text: string) => Promise<unknown>> = {
  'an item of a feed': (text) => readFeed(feed(rss(`<item>${text}`))),
  'the head of a feed': (text) => readFeed(feed(`<rss><channel>${text}`)),
  'a title in a feed': (text) => readFeed(feed(rss(`<item><title><![CDATA[${text}]]></title></item>`))),
  'an inspected feed': async (text) => {
    const read = await readFeed(feed(rss('<item><title>a</title></item>')));
    if (read.kind === 'feed') inspectFeed(feed(rss(`<item>${text.repeat(10)}`)), read.feed, now);
  },
};

/** Whether twice the text takes at most about twice the time, or little. */
async function isLinear(read: (text: string) => unknown, piece: string): Promise<boolean> {
  const text = piece.repeat(Math.ceil(LENGTH / piece.length));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const twice = await cpuMs(() => read(text + text));
    if (twice < ALWAYS_FAST_MS || twice < MAX_RATIO * (await cpuMs(() => read(text)))) return true;
  }
  return false;
}

describe('the time for hostile text grows no faster than its length', () => {
  it.each(Object.entries({ ...READERS, ...FEED_READERS }))('%s', { timeout: 300_000 }, async (_, read) => {
    const slow: string[] = [];
    for (const piece of PIECES) if (!(await isLinear(read, piece))) slow.push(piece);
    expect(slow).toEqual([]);
  });
});
