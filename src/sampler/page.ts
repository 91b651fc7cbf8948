import { type Addresses, escapeMarkup } from './feed-writers.js';
import type { Site } from './site.js';
import type { Story } from './story.js';

const head = (site: Site, title: string, extra: string) => `<!DOCTYPE html>
<html lang="${site.language}" dir="${site.direction}"><head><meta charset="${site.charset}"><title>${escapeMarkup(title)}</title>${extra}</head>`;

const header = (site: Site, at: Addresses) =>
  `<div class="cookie-banner" role="dialog"><p>${escapeMarkup(site.words.cookies)}</p><button>${escapeMarkup(site.words.accept)}</button></div>
<header class="site-header"><a href="${at.home}">${escapeMarkup(site.title)}</a><nav><ul><li><a href="${at.home}">${escapeMarkup(site.words.home)}</a></li>${site.sections
    .map((section, i) => `<li><a href="${at.home}?section=${i}">${escapeMarkup(section)}</a></li>`)
    .join('')}</ul></nav></header>`;

const footer = (site: Site) => `<footer class="site-footer"><p>${escapeMarkup(site.words.rights)}</p></footer>`;

/** A story's page, with all the furniture that real sites put around and into their articles. */
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
<meta property="og:title" content="${escapeMarkup(story.title)}"><meta property="og:site_name" content="${escapeMarkup(site.title)}"><meta property="og:image" content="${at.home}picture.svg">
<script type="application/ld+json">${JSON.stringify(structured).replace(/</g, '\\u003c')}</script>`;
  const [first = '', second = '', ...rest] = story.paragraphs.map((text) => `<p>${escapeMarkup(text)}</p>`);
  return `${head(site, `${story.title} | ${site.title}`, meta)}
<body>${header(site, at)}
<main><article><p class="breadcrumb"><a href="${at.home}">${escapeMarkup(site.words.home)}</a> › ${escapeMarkup(story.section)}</p>
<h1>${escapeMarkup(story.title)}</h1>
<p class="byline">${escapeMarkup(site.words.by)} ${escapeMarkup(story.author)} · <time datetime="${story.publishedAt.toISOString()}">${story.publishedAt.toISOString().slice(0, 10)}</time></p>
<figure><img src="${at.home}picture.svg" alt="" width="640" height="360"><figcaption>${escapeMarkup(site.words.caption)}</figcaption></figure>
<div class="article-body">${first}${second}
<aside class="related"><h2>${escapeMarkup(site.words.related)}</h2><ul>${related
    .map((other) => `<li><a href="${at.story(other.number)}">${escapeMarkup(other.title)}</a></li>`)
    .join('')}</ul></aside>
${rest.join('\n')}</div>
<div class="share-bar"><span>${escapeMarkup(site.words.share)}</span> <a href="#">A</a> <a href="#">B</a></div>
<div class="newsletter"><p>${escapeMarkup(site.words.newsletter)}</p><form><input type="email"><button>OK</button></form></div>
<ul class="tags"><li><a href="${at.home}">${escapeMarkup(story.section)}</a></li></ul></article>
<section class="comments"><h2>${escapeMarkup(site.words.comments)}</h2><p>${escapeMarkup(site.words.comment)}</p></section></main>
${footer(site)}</body></html>`;
}

/** A site's front page. */
export const writeHome = (site: Site, stories: readonly Story[], at: Addresses): string =>
  `${head(site, site.title, `<link rel="alternate" type="${site.format === 'json' ? 'application/feed+json' : 'application/rss+xml'}" href="${at.feed}">`)}
<body>${header(site, at)}<main><h1>${escapeMarkup(site.title)}</h1><ul>${stories
    .map((story) => `<li><a href="${at.story(story.number)}">${escapeMarkup(story.title)}</a></li>`)
    .join('')}</ul></main>${footer(site)}</body></html>`;
