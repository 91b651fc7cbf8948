import { writeFeed } from '../../src/sampler/feed-writers.js';
import { writeHome, writePage } from '../../src/sampler/page.js';
import type { Site } from '../../src/sampler/site.js';
import { composeStory, SITES } from '../../src/sampler/story.js';
import { VECTORS } from '../fixtures/sanitizer-vectors.js';

/** What a document is meant to be: a feed, a page, or a snippet of hostile HTML that is written to every output. */
export type Kind = 'feed' | 'page' | 'snippet';

/** A document of our own that mutations start from. */
export interface Fixture {
  kind: Kind;
  isJson: boolean;
  text: string;
  charset: string;
  contentType: string;
}

/** The addresses of a fixture's site. */
const AT = {
  home: 'https://n.example/',
  feed: 'https://n.example/feed',
  story: (number: number) => `https://n.example/story/${number}.html`,
};
const STORIES = 4;
const FEED_TYPES = {
  rss: 'application/rss+xml',
  rdf: 'application/rdf+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
};

/** A feed with what the sample sites' feeds lack: content, files, pictures, wishes, a hub and XHTML. */
const RICH_FEEDS = [
  `<?xml version="1.0"?><!DOCTYPE rss><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>Tides &amp; ports</title><link>https://n.example/</link><description>d</description><language>en-gb</language><ttl>60</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency><atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://n.example/feed"/>
<item><title><![CDATA[One <b>bold</b>]]></title><link>/1?utm_source=x</link><guid isPermaLink="false">g1</guid><pubDate>Tue, 03 Feb 2026 14:05:09 +0100</pubDate><author>a@n.example (Ann)</author><category domain="x">c</category>
<content:encoded><![CDATA[<p>The <a href="/x">ferry</a> came back on Sunday.</p><img src="/p.jpg"><table><tr><th>a<td>b|c</table><pre>x\n\`\`\`</pre>]]></content:encoded><comments>/1#c</comments>
<enclosure url="https://n.example/a.mp3" type="audio/mpeg" length="12"/><media:group><media:content url="/i.jpg" medium="image"/><media:thumbnail url="/t.jpg"/></media:group><itunes:duration>1:02:03</itunes:duration></item>
<item><title>Two</title><link>/2</link><description>&lt;p&gt;text&lt;/p&gt;</description><source url="https://o.example/feed">Other</source></item></channel></rss>`,
  `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://n.example/a/"><title type="html">T &lt;i&gt;x&lt;/i&gt;</title><id>urn:f</id><link rel="alternate" href="/"/>
<updated>2026-02-03T14:05:09Z</updated><entry><title>Un</title><id>urn:1</id><link href="1"/><link rel="enclosure" href="a.mp3" type="audio/mpeg" length="7"/><published>2026-02-03T14:05:09+01:00</published><author><name>Ann</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>texte <em>ici</em> &amp; là<br/></p></div></content></entry></feed>`,
];
const RICH_JSON = JSON.stringify({
  version: 'https://jsonfeed.org/version/1.1',
  title: 'T',
  home_page_url: 'https://n.example/',
  hubs: [{ type: 'WebSub', url: 'https://hub.example/' }],
  items: [
    {
      id: '1',
      url: '/1',
      external_url: 'https://o.example/',
      content_html: '<p>x</p>',
      content_text: 'x',
      image: '/i.jpg',
      date_published: '2026-02-03T14:05:09Z',
      date_modified: '2026-02-04',
      tags: ['a'],
      authors: [{ name: 'Ann' }],
      author: { name: 'B' },
      language: 'en',
      attachments: [{ url: '/a.mp3', mime_type: 'audio/mpeg', size_in_bytes: 7, duration_in_seconds: 60 }],
    },
  ],
});

/** A page with several pages, a formula, a player, embedded posts and everything that structured data may say. */
const RICH_PAGE = `<!DOCTYPE html><html lang="en-GB"><head><base href="https://n.example/a/"><title>The late ferry | News</title><meta name="author" content="Ann Quill"><meta property="article:published_time" content="2026-02-03T10:00:00+01:00">
<meta property="article:tag" content="Ports"><meta name="description" content="d"><link rel="next" href="?page=2"><link rel="alternate" type="application/rss+xml" href="/feed"><link rel="canonical" href="/a/late-ferry">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":["NewsArticle"],"headline":"The late ferry","author":[{"@type":"Person","name":"Ann Quill"},"B. Reed"],"datePublished":"2026-02-03","dateModified":"2026-02-04T10:00Z","keywords":"a,b","isAccessibleForFree":"False","image":{"url":"/p.jpg","width":"640"},"articleSection":["Ports"],"articleBody":"The ferry was late."}]}</script></head>
<body><nav><a href="/">Home</a></nav><article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">The late ferry</h1><p class="byline">By <a rel="author" href="/ann">Ann Quill</a>, <time datetime="2026-02-03T10:00">3 February 2026</time></p><p>The ferry to the island was three hours late on Sunday, because the tide had taken the buoys that mark the channel, and nobody could say where they had gone.</p>
<p>The harbour master, who had been up since four, said that it was the worst since 1987, and that the <em>second</em> boat would sail <a href="../timetable">at noon</a>.</p><figure><picture><source srcset="/s.webp 1x, /l.webp 2x"><img data-src="/p.jpg" alt="The pier"></picture><figcaption>The pier. Photo: B. Reed</figcaption></figure>
<ul><li>One</li><li>Two<ol start="3"><li>Three</li></ol></li></ul><blockquote class="twitter-tweet" cite="https://www.tiktok.com/@a/video/1"><p>So late.</p></blockquote><iframe src="https://www.youtube.com/embed/abcDEF-_123" title="The ferry arrives at last"></iframe><math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac><annotation encoding="application/x-tex">\\frac a2</annotation></math>
<table><caption>Times</caption><tr><th colspan="2">Boat</th></tr><tr><td>1</td><td>noon</td></tr></table><pre><code>let x = "|";</code></pre><video poster="/v.jpg" controls><source src="/v.mp4" type="video/mp4"></video><noscript><img src="/n.jpg"></noscript></article><div class="related"><h2>More</h2><ul><li><a href="/b">Other</a></li></ul></div></body></html>`;

const isUtf8 = { charset: 'utf-8', isJson: false };

function makeSiteFixtures(site: Site): Fixture[] {
  const stories = Array.from({ length: STORIES }, (_, n) => composeStory(site, n, new Date(Date.UTC(2026, 1, 1 + n))));
  const { charset } = site;
  const isJson = site.format === 'json';
  const page = { kind: 'page' as const, charset, isJson: false, contentType: `text/html; charset=${charset}` };
  return [
    { kind: 'feed', charset, isJson, text: writeFeed(site, stories, AT), contentType: FEED_TYPES[site.format] },
    ...stories.slice(0, 1).map((story) => ({ ...page, text: writePage(site, story, stories.slice(1), AT) })),
    { ...page, text: writeHome(site, stories, AT) },
  ];
}

/** Our own documents: the sample sites' feeds and pages, richer ones, and the hostile snippets. */
export const FIXTURES: readonly Fixture[] = [
  ...SITES.flatMap(makeSiteFixtures),
  ...RICH_FEEDS.map((text): Fixture => ({ kind: 'feed', text, contentType: 'application/xml', ...isUtf8 })),
  { kind: 'feed', text: RICH_JSON, contentType: 'application/feed+json', charset: 'utf-8', isJson: true },
  { kind: 'page', text: RICH_PAGE, contentType: 'text/html', ...isUtf8 },
  ...VECTORS.map(([, text]): Fixture => ({ kind: 'snippet', text, contentType: 'text/html', ...isUtf8 })),
];
