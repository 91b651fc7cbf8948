import { escapeAttribute } from '../text/escape.js';
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

const writeRss = (site: Site, stories: readonly Story[], at: Addresses) => `<?xml version="1.0" encoding="${site.charset}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>${escapeAttribute(site.title)}</title><link>${at.home}</link><description>${escapeAttribute(site.tagline)}</description><language>${site.language}</language>
${stories
  .map(
    (
      story,
    ) => `<item><title>${escapeAttribute(story.title)}</title><link>${at.story(story.number)}</link><guid isPermaLink="false">${site.slug}-${story.number}</guid>
<pubDate>${story.publishedAt.toUTCString()}</pubDate><dc:creator>${escapeAttribute(story.author)}</dc:creator><category>${escapeAttribute(story.section)}</category>
<description>${escapeAttribute(summarize(story))}</description></item>`,
  )
  .join('\n')}
</channel></rss>`;

const writeRdf = (site: Site, stories: readonly Story[], at: Addresses) => `<?xml version="1.0" encoding="${site.charset}"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="${at.feed}"><title>${escapeAttribute(site.title)}</title><link>${at.home}</link><description>${escapeAttribute(site.tagline)}</description><dc:language>${site.language}</dc:language>
<items><rdf:Seq>${stories.map((story) => `<rdf:li rdf:resource="${at.story(story.number)}"/>`).join('')}</rdf:Seq></items></channel>
${stories
  .map(
    (
      story,
    ) => `<item rdf:about="${at.story(story.number)}"><title>${escapeAttribute(story.title)}</title><link>${at.story(story.number)}</link>
<dc:date>${story.publishedAt.toISOString()}</dc:date><dc:creator>${escapeAttribute(story.author)}</dc:creator><description>${escapeAttribute(summarize(story))}</description></item>`,
  )
  .join('\n')}
</rdf:RDF>`;

const writeAtom = (site: Site, stories: readonly Story[], at: Addresses) => `<?xml version="1.0" encoding="${site.charset}"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${site.language}"><title>${escapeAttribute(site.title)}</title><subtitle>${escapeAttribute(site.tagline)}</subtitle>
<id>${at.feed}</id><link rel="self" href="${at.feed}"/><link href="${at.home}"/><updated>${(stories[0]?.publishedAt ?? new Date(0)).toISOString()}</updated>
${stories
  .map(
    (
      story,
    ) => `<entry><title>${escapeAttribute(story.title)}</title><id>tag:${site.slug}.example,2026:${story.number}</id><link href="${at.story(story.number)}"/>
<published>${story.publishedAt.toISOString()}</published><updated>${story.publishedAt.toISOString()}</updated><author><name>${escapeAttribute(story.author)}</name></author>
<summary>${escapeAttribute(summarize(story))}</summary></entry>`,
  )
  .join('\n')}
</feed>`;

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
