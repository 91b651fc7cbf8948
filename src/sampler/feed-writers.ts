import { escapeAttribute as escaped } from '../text/escape.js';
import type { Site } from './site.js';
import type { Story } from './story.js';

/** The URLs of a site's documents. */
export interface Addresses {
  home: string;
  feed: string;
  story(number: number): string;
}

/** Writes the feed of a site in the site's format, as text that is still to be encoded. */
export function writeFeed(site: Site, stories: readonly Story[], at: Addresses): string {
  switch (site.format) {
    case 'rss':
      return writeRss(site, stories, at);
    case 'rdf':
      return writeRdf(site, stories, at);
    case 'atom':
      return writeAtom(site, stories, at);
    case 'json':
      return writeJson(site, stories, at);
  }
}

const summarize = (story: Story) => story.paragraphs[0]?.slice(0, 120) ?? '';

/** An element with text content. */
const element = (name: string, text: string) => `<${name}>${escaped(text)}</${name}>`;

function writeRss(site: Site, stories: readonly Story[], at: Addresses): string {
  const items = stories.map((story) =>
    [
      `<item>${element('title', story.title)}<link>${at.story(story.number)}</link>`,
      `<guid isPermaLink="false">${site.slug}-${story.number}</guid>\n`,
      element('pubDate', story.publishedAt.toUTCString()) + element('dc:creator', story.author),
      `${element('category', story.section)}\n${element('description', summarize(story))}</item>`,
    ].join(''),
  );
  return `<?xml version="1.0" encoding="${site.charset}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
${element('title', site.title)}<link>${at.home}</link>${element('description', site.tagline)}${element('language', site.language)}
${items.join('\n')}
</channel></rss>`;
}

function writeRdf(site: Site, stories: readonly Story[], at: Addresses): string {
  const links = stories.map((story) => `<rdf:li rdf:resource="${at.story(story.number)}"/>`);
  const items = stories.map((story) =>
    [
      `<item rdf:about="${at.story(story.number)}">${element('title', story.title)}<link>${at.story(story.number)}</link>\n`,
      element('dc:date', story.publishedAt.toISOString()) + element('dc:creator', story.author),
      `${element('description', summarize(story))}</item>`,
    ].join(''),
  );
  const about = `${element('title', site.title)}<link>${at.home}</link>${element('description', site.tagline)}`;
  const namespaces = [
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
    'xmlns="http://purl.org/rss/1.0/"',
    'xmlns:dc="http://purl.org/dc/elements/1.1/"',
  ];
  return `<?xml version="1.0" encoding="${site.charset}"?>
<rdf:RDF ${namespaces.join(' ')}>
<channel rdf:about="${at.feed}">${about}${element('dc:language', site.language)}
<items><rdf:Seq>${links.join('')}</rdf:Seq></items></channel>
${items.join('\n')}
</rdf:RDF>`;
}

function writeAtom(site: Site, stories: readonly Story[], at: Addresses): string {
  const entries = stories.map((story) => {
    const date = story.publishedAt.toISOString();
    return [
      `<entry>${element('title', story.title)}<id>tag:${site.slug}.example,2026:${story.number}</id>`,
      `<link href="${at.story(story.number)}"/>\n`,
      `<published>${date}</published><updated>${date}</updated><author>${element('name', story.author)}</author>\n`,
      `${element('summary', summarize(story))}</entry>`,
    ].join('');
  });
  const updated = (stories[0]?.publishedAt ?? new Date(0)).toISOString();
  const about = `${element('title', site.title)}${element('subtitle', site.tagline)}`;
  return `<?xml version="1.0" encoding="${site.charset}"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${site.language}">${about}
<id>${at.feed}</id><link rel="self" href="${at.feed}"/><link href="${at.home}"/><updated>${updated}</updated>
${entries.join('\n')}
</feed>`;
}

const writeJson = (site: Site, stories: readonly Story[], at: Addresses) =>
  JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: site.title,
    description: site.tagline,
    home_page_url: at.home,
    feed_url: at.feed,
    language: site.language,
    items: stories.map((story) => ({
      id: `${site.slug}/${story.number}`,
      url: at.story(story.number),
      title: story.title,
      summary: summarize(story),
      date_published: story.publishedAt.toISOString(),
      authors: [{ name: story.author }],
      tags: [story.section],
    })),
  });
