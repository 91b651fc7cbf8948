import type { Site } from './site.js';
import type { Story } from './story.js';

export const escapeMarkup = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Addresses of a site's documents. */
export interface Addresses {
  home: string;
  feed: string;
  story(number: number): string;
}

/** The feed of a site in the format that it has; text, to be encoded. */
export function writeFeed(site: Site, stories: readonly Story[], at: Addresses): string {
  switch (site.format) {
    case 'rss':
      return rss(site, stories, at);
    case 'rdf':
      return rdf(site, stories, at);
    case 'atom':
      return atom(site, stories, at);
    case 'json':
      return json(site, stories, at);
  }
}

const summaryOf = (story: Story) => story.paragraphs[0]?.slice(0, 120) ?? '';

const rss = (site: Site, stories: readonly Story[], at: Addresses) => `<?xml version="1.0" encoding="${site.charset}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>${escapeMarkup(site.title)}</title><link>${at.home}</link><description>${escapeMarkup(site.tagline)}</description><language>${site.language}</language>
${stories
  .map(
    (
      story,
    ) => `<item><title>${escapeMarkup(story.title)}</title><link>${at.story(story.number)}</link><guid isPermaLink="false">${site.slug}-${story.number}</guid>
<pubDate>${story.publishedAt.toUTCString()}</pubDate><dc:creator>${escapeMarkup(story.author)}</dc:creator><category>${escapeMarkup(story.section)}</category>
<description>${escapeMarkup(summaryOf(story))}</description></item>`,
  )
  .join('\n')}
</channel></rss>`;

const rdf = (site: Site, stories: readonly Story[], at: Addresses) => `<?xml version="1.0" encoding="${site.charset}"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="${at.feed}"><title>${escapeMarkup(site.title)}</title><link>${at.home}</link><description>${escapeMarkup(site.tagline)}</description><dc:language>${site.language}</dc:language>
<items><rdf:Seq>${stories.map((story) => `<rdf:li rdf:resource="${at.story(story.number)}"/>`).join('')}</rdf:Seq></items></channel>
${stories
  .map(
    (
      story,
    ) => `<item rdf:about="${at.story(story.number)}"><title>${escapeMarkup(story.title)}</title><link>${at.story(story.number)}</link>
<dc:date>${story.publishedAt.toISOString()}</dc:date><dc:creator>${escapeMarkup(story.author)}</dc:creator><description>${escapeMarkup(summaryOf(story))}</description></item>`,
  )
  .join('\n')}
</rdf:RDF>`;

const atom = (site: Site, stories: readonly Story[], at: Addresses) => `<?xml version="1.0" encoding="${site.charset}"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${site.language}"><title>${escapeMarkup(site.title)}</title><subtitle>${escapeMarkup(site.tagline)}</subtitle>
<id>${at.feed}</id><link rel="self" href="${at.feed}"/><link href="${at.home}"/><updated>${(stories[0]?.publishedAt ?? new Date(0)).toISOString()}</updated>
${stories
  .map(
    (
      story,
    ) => `<entry><title>${escapeMarkup(story.title)}</title><id>tag:${site.slug}.example,2026:${story.number}</id><link href="${at.story(story.number)}"/>
<published>${story.publishedAt.toISOString()}</published><updated>${story.publishedAt.toISOString()}</updated><author><name>${escapeMarkup(story.author)}</name></author>
<summary>${escapeMarkup(summaryOf(story))}</summary></entry>`,
  )
  .join('\n')}
</feed>`;

const json = (site: Site, stories: readonly Story[], at: Addresses) =>
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
      summary: summaryOf(story),
      date_published: story.publishedAt.toISOString(),
      authors: [{ name: story.author }],
      tags: [story.section],
    })),
  });
