import { escapeAttribute as escaped } from '../text/escape.js';
import type { Addresses } from './feed-writers.js';
import type { Site } from './site.js';
import type { Story } from './story.js';

const FEED_LINK_TYPES = {
  rss: 'application/rss+xml',
  rdf: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
};

/**
 * Writes a story's page, with everything that real sites put around and into their articles: menus, banners, related links,
 * comments.
 */
export function writePage(site: Site, story: Story, related: readonly Story[], at: Addresses): string {
  return `${writeHead(site, `${story.title} | ${site.title}`, writeMetadata(site, story, at))}
<body>${writeHeader(site, at)}
<main><article>${writeArticle(site, story, related, at)}</article>
<section class="comments"><h2>${escaped(site.words.comments)}</h2><p>${escaped(site.words.comment)}</p></section></main>
${writeFooter(site)}</body></html>`;
}

/** Writes a site's home page. */
export function writeHome(site: Site, stories: readonly Story[], at: Addresses): string {
  const type = site.format === 'json' ? 'application/feed+json' : 'application/rss+xml';
  const links = stories.map((story) => `<li><a href="${at.story(story.number)}">${escaped(story.title)}</a></li>`);
  return `${writeHead(site, site.title, `<link rel="alternate" type="${type}" href="${at.feed}">`)}
<body>${writeHeader(site, at)}<main><h1>${escaped(site.title)}</h1><ul>${links.join('')}</ul></main>${writeFooter(site)}</body></html>`;
}

function writeHead(site: Site, title: string, extra: string): string {
  const elements = `<meta charset="${site.charset}"><title>${escaped(title)}</title>${extra}`;
  return `<!DOCTYPE html>
<html lang="${site.language}" dir="${site.direction}"><head>${elements}</head>`;
}

function writeMetadata(site: Site, story: Story, at: Addresses): string {
  const structured = {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: story.title,
    datePublished: story.publishedAt.toISOString(),
    author: { '@type': 'Person', name: story.author },
    publisher: { '@type': 'Organization', name: site.title },
  };
  return [
    `<link rel="canonical" href="${at.story(story.number)}">`,
    `<link rel="alternate" type="${FEED_LINK_TYPES[site.format]}" href="${at.feed}">\n`,
    `<meta property="og:title" content="${escaped(story.title)}">`,
    `<meta property="og:site_name" content="${escaped(site.title)}">`,
    `<meta property="og:image" content="${at.home}picture.svg">\n`,
    `<script type="application/ld+json">${JSON.stringify(structured).replace(/</g, '\\u003c')}</script>`,
  ].join('');
}

function writeHeader(site: Site, at: Addresses): string {
  const { words } = site;
  const sections = site.sections.map((section, i) => `<li><a href="${at.home}?section=${i}">${escaped(section)}</a></li>`);
  return [
    `<div class="cookie-banner" role="dialog"><p>${escaped(words.cookies)}</p><button>${escaped(words.accept)}</button></div>\n`,
    `<header class="site-header"><a href="${at.home}">${escaped(site.title)}</a>`,
    `<nav><ul><li><a href="${at.home}">${escaped(words.home)}</a></li>${sections.join('')}</ul></nav></header>`,
  ].join('');
}

const writeFooter = (site: Site) => `<footer class="site-footer"><p>${escaped(site.words.rights)}</p></footer>`;

function writeArticle(site: Site, story: Story, related: readonly Story[], at: Addresses): string {
  const { words } = site;
  const date = story.publishedAt.toISOString();
  const [first = '', second = '', ...rest] = story.paragraphs.map((text) => `<p>${escaped(text)}</p>`);
  const links = related.map((other) => `<li><a href="${at.story(other.number)}">${escaped(other.title)}</a></li>`);
  const picture = `<img src="${at.home}picture.svg" alt="" width="640" height="360">`;
  return `<p class="breadcrumb"><a href="${at.home}">${escaped(words.home)}</a> › ${escaped(story.section)}</p>
<h1>${escaped(story.title)}</h1>
<p class="byline">${escaped(words.by)} ${escaped(story.author)} · <time datetime="${date}">${date.slice(0, 10)}</time></p>
<figure>${picture}<figcaption>${escaped(words.caption)}</figcaption></figure>
<div class="article-body">${first}${second}
<aside class="related"><h2>${escaped(words.related)}</h2><ul>${links.join('')}</ul></aside>
${rest.join('\n')}</div>
<div class="share-bar"><span>${escaped(words.share)}</span> <a href="#">A</a> <a href="#">B</a></div>
<div class="newsletter"><p>${escaped(words.newsletter)}</p><form><input type="email"><button>OK</button></form></div>
<ul class="tags"><li><a href="${at.home}">${escaped(story.section)}</a></li></ul>`;
}
