import { z } from 'zod';
import { parseDate, readDate } from '../../text/dates.js';
import { wellFormedAll } from '../../text/well-formed.js';
import type { Enclosure, ParsedEntry, ParsedFeed } from '../feed.js';
import { absolute, entryLink, keepNewest, plainText } from '../normalize.js';

/** A field of the wrong type is a field that is not there: one slip must not cost the feed. */
const text = z.string().optional().catch(undefined);
const author = z.object({ name: text }).catch({ name: undefined });
const item = z
  .object({
    id: z.union([z.string(), z.number()]).optional().catch(undefined),
    url: text,
    external_url: text,
    title: text,
    content_html: text,
    content_text: text,
    summary: text,
    image: text,
    banner_image: text,
    date_published: text,
    date_modified: text,
    language: text,
    author: author.optional(),
    authors: z.array(author).optional().catch(undefined),
    tags: z.array(z.string()).optional().catch(undefined),
    attachments: z
      .array(
        z.object({
          url: z.string(),
          mime_type: text,
          size_in_bytes: z.number().optional().catch(undefined),
          duration_in_seconds: z.number().optional().catch(undefined),
        }),
      )
      .optional()
      .catch(undefined),
  })
  .catch({});
/** What tells the newest items of very many. */
const dated = z.object({ date_published: text }).catch({ date_published: undefined });
const document = z.object({
  version: text,
  title: text,
  home_page_url: text,
  feed_url: text,
  hubs: z
    .array(z.object({ type: text, url: text }).catch({}))
    .optional()
    .catch(undefined),
  description: text,
  language: text,
  author: author.optional(),
  authors: z.array(author).optional().catch(undefined),
  items: z.array(z.unknown()),
});

const escapeMarkup = (value: string) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const paragraphs = (value: string) =>
  value
    .split(/\n\s*\n/)
    .map((part) => `<p>${escapeMarkup(part.trim()).replace(/\n/g, '<br>')}</p>`)
    .join('');

/** A JSON Feed (1.0, 1.1) as parsed JSON → the feed; undefined when it is none. */
export function readJsonFeed(json: unknown, url: string, now: Date): ParsedFeed | undefined {
  const parsed = document.safeParse(json);
  if (!parsed.success) return undefined;
  const { title, home_page_url, feed_url, hubs, description, language, items } = parsed.data;
  const authors = namesOf(parsed.data);
  const siteUrl = absolute(home_page_url, url);
  const selfUrl = absolute(feed_url, url);
  const hubUrl = absolute(hubs?.find(({ type }) => type?.toLowerCase() === 'websub')?.url, url);
  const kept = keepNewest(items, (entry) => parseDate(dated.parse(entry).date_published, now)?.getTime());
  return wellFormedAll({
    format: 'json',
    wishes: {},
    ...(title ? { title: plainText(title) } : {}),
    ...(siteUrl ? { siteUrl } : {}),
    ...(description ? { description } : {}),
    ...(hubUrl ? { hubUrl } : {}),
    ...(selfUrl ? { selfUrl } : {}),
    ...(language ? { language } : {}),
    entries: kept.map((entry) => readItem(item.parse(entry), siteUrl ?? url, authors, now)),
    entriesDropped: items.length - kept.length,
    repairs: [],
  });
}

const namesOf = ({ author: one, authors }: Pick<z.infer<typeof item>, 'author' | 'authors'>): string[] =>
  (authors ?? (one ? [one] : [])).flatMap(({ name }) => (name?.trim() ? [name.trim()] : []));

function readItem(entry: z.infer<typeof item>, base: string, feedAuthors: string[], now: Date): ParsedEntry {
  const published = readDate(entry.date_published, now);
  const updated = parseDate(entry.date_modified, now);
  const image = absolute(entry.image ?? entry.banner_image, base);
  const content = entry.content_html ?? (entry.content_text ? paragraphs(entry.content_text) : undefined);
  // An item without authors has its feed's (JSON Feed 1.1, "authors").
  const own = namesOf(entry);
  const guid = entry.id === undefined ? undefined : String(entry.id).trim();
  return {
    ...(guid ? { guid } : {}),
    ...entryLink(entry.url ?? entry.external_url, base),
    ...(entry.title ? { title: plainText(entry.title) } : {}),
    authors: own.length > 0 ? own : feedAuthors,
    ...(published
      ? { publishedAt: published.at, publishedAs: { text: published.text, zoneAssumed: published.zoneAssumed } }
      : {}),
    ...(updated ? { updatedAt: updated } : {}),
    ...(entry.summary ? { summaryHtml: escapeMarkup(entry.summary) } : {}),
    ...(content ? { contentHtml: content } : {}),
    categories: entry.tags ?? [],
    enclosures: (entry.attachments ?? []).flatMap((attachment): Enclosure[] => {
      const target = absolute(attachment.url, base);
      if (!target) return [];
      return [
        {
          url: target,
          ...(attachment.mime_type ? { type: attachment.mime_type } : {}),
          ...(attachment.size_in_bytes === undefined ? {} : { length: attachment.size_in_bytes }),
          ...(attachment.duration_in_seconds === undefined ? {} : { duration: attachment.duration_in_seconds }),
        },
      ];
    }),
    ...(image ? { imageUrl: image } : {}),
    ...(entry.language ? { language: entry.language } : {}),
  };
}
