import { escapeAttribute } from '../text/escape.js';
import type { Addresses } from './feed-writers.js';
import type { Site } from './site.js';
import type { Story } from './story.js';

const writeHead = (site: Site, title: string, extra: string) => `<!DOCTYPE html>
<html lang="${site.language}" dir="${site.direction}"><head><meta charset="${site.charset}"><title>${escapeAttribute(title)}</title>${extra}</head>`;

const writeHeader = (site: Site, at: Addresses) =>
  `<div class="cookie-banner" role="dialog"><p>${escapeAttribute(site.words.cookies)}</p><button>${escapeAttribute(site.words.accept)}</button></div>
<header class="site-header"><a href="${at.home}">${escapeAttribute(site.title)}</a><nav><ul><li><a href="${at.home}">${escapeAttribute(site.words.home)}</a></li>${site.sections
    .map((section, i) => `<li><a href="${at.home}?section=${i}">${escapeAttribute(section)}</a></li>`)
    .join('')}</ul></nav></header>`;

const writeFooter = (site: Site) => `<footer class="site-footer"><p>${escapeAttribute(site.words.rights)}</p></footer>`;

/** Writes a story's page, with everything that real sites put around and into their articles: menus, banners, related links, comments. */
export function writePage(site: Site, story: Story, related: readonly Story[], at: Addresses): string {
  const url = at.story(story.number);
  const structured = {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: story.title,
    datePublished: story.publishedAt.toISOString(),
    author: { '@type': 'Person', name: story.author },
    publisher: { '@type': 'Organization', name: site.title },
  };
  const meta = `<link rel="canonical" href="${url}"><link rel="alternate" type="${site.format === 'json' ? 'application/feed+json' : site.format === 'atom' ? 'application/atom+xml' : 'application/rss+xml'}" href="${at.feed}">
<meta property="og:title" content="${escapeAttribute(story.title)}"><meta property="og:site_name" content="${escapeAttribute(site.title)}"><meta property="og:image" content="${at.home}picture.svg">
<script type="application/ld+json">${JSON.stringify(structured).replace(/</g, '\\u003c')}</script>`;
  const [first = '', second = '', ...rest] = story.paragraphs.map((text) => `<p>${escapeAttribute(text)}</p>`);
  return `${writeHead(site, `${story.title} | ${site.title}`, meta)}
<body>${writeHeader(site, at)}
<main><article><p class="breadcrumb"><a href="${at.home}">${escapeAttribute(site.words.home)}</a> › ${escapeAttribute(story.section)}</p>
<h1>${escapeAttribute(story.title)}</h1>
<p class="byline">${escapeAttribute(site.words.by)} ${escapeAttribute(story.author)} · <time datetime="${story.publishedAt.toISOString()}">${story.publishedAt.toISOString().slice(0, 10)}</time></p>
<figure><img src="${at.home}picture.svg" alt="" width="640" height="360"><figcaption>${escapeAttribute(site.words.caption)}</figcaption></figure>
<div class="article-body">${first}${second}
<aside class="related"><h2>${escapeAttribute(site.words.related)}</h2><ul>${related
    .map((other) => `<li><a href="${at.story(other.number)}">${escapeAttribute(other.title)}</a></li>`)
    .join('')}</ul></aside>
${rest.join('\n')}</div>
<div class="share-bar"><span>${escapeAttribute(site.words.share)}</span> <a href="#">A</a> <a href="#">B</a></div>
<div class="newsletter"><p>${escapeAttribute(site.words.newsletter)}</p><form><input type="email"><button>OK</button></form></div>
<ul class="tags"><li><a href="${at.home}">${escapeAttribute(story.section)}</a></li></ul></article>
<section class="comments"><h2>${escapeAttribute(site.words.comments)}</h2><p>${escapeAttribute(site.words.comment)}</p></section></main>
${writeFooter(site)}</body></html>`;
}

/** Writes a site's home page. */
export const writeHome = (site: Site, stories: readonly Story[], at: Addresses): string =>
  `${writeHead(site, site.title, `<link rel="alternate" type="${site.format === 'json' ? 'application/feed+json' : 'application/rss+xml'}" href="${at.feed}">`)}
<body>${writeHeader(site, at)}<main><h1>${escapeAttribute(site.title)}</h1><ul>${stories
    .map((story) => `<li><a href="${at.story(story.number)}">${escapeAttribute(story.title)}</a></li>`)
    .join('')}</ul></main>${writeFooter(site)}</body></html>`;
