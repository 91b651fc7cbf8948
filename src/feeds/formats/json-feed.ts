import { z } from 'zod';
import { parseDate, readDate } from '../../text/dates.js';
import { escapeText } from '../../text/escape.js';
import { present } from '../../text/present.js';
import { wellFormedAll } from '../../text/well-formed.js';
import type { Enclosure, ParsedEntry, ParsedFeed } from '../feed.js';
import { resolveEntryLink, resolveFeedLink } from './links.js';
import { keepNewest } from './newest-entries.js';
import { toPlainText } from './plain-text.js';

// A field of the wrong type counts as missing: one slip must not cost the whole feed.
const OptionalText = z.string().optional().catch(undefined);
const OptionalNumber = z.number().optional().catch(undefined);
const Author = z.object({ name: OptionalText }).catch({ name: undefined });
const Authors = z.array(Author).optional().catch(undefined);
const Attachment = z.object({
  url: z.string(),
  mime_type: OptionalText,
  size_in_bytes: OptionalNumber,
  duration_in_seconds: OptionalNumber,
});
const Item = z
  .object({
    id: z.union([z.string(), z.number()]).optional().catch(undefined),
    url: OptionalText,
    external_url: OptionalText,
    title: OptionalText,
    content_html: OptionalText,
    content_text: OptionalText,
    summary: OptionalText,
    image: OptionalText,
    banner_image: OptionalText,
    date_published: OptionalText,
    date_modified: OptionalText,
    language: OptionalText,
    author: Author.optional(),
    authors: Authors,
    tags: z.array(z.string()).optional().catch(undefined),
    attachments: z.array(Attachment).optional().catch(undefined),
  })
  .catch({});
/** Only the date of an item, to find the newest of very many quickly. */
const ItemDate = z.object({ date_published: OptionalText }).catch({ date_published: undefined });
const Document = z.object({
  title: OptionalText,
  home_page_url: OptionalText,
  feed_url: OptionalText,
  hubs: z
    .array(z.object({ type: OptionalText, url: OptionalText }).catch({}))
    .optional()
    .catch(undefined),
  description: OptionalText,
  language: OptionalText,
  author: Author.optional(),
  authors: Authors,
  items: z.array(z.unknown()),
});

/** Reads a JSON Feed (1.0 or 1.1) from parsed JSON. Undefined if it is not one. */
export function readJsonFeed(json: unknown, url: string, now: Date): ParsedFeed | undefined {
  const parsed = Document.safeParse(json);
  if (!parsed.success) return undefined;
  const { title, home_page_url, feed_url, hubs, description, language, items } = parsed.data;
  const siteUrl = resolveFeedLink(home_page_url, url);
  const authors = listAuthors(parsed.data);
  const kept = keepNewest(items, (item) => parseDate(ItemDate.parse(item).date_published, now)?.getTime());
  return wellFormedAll({
    format: 'json',
    wishes: {},
    ...present({
      title: title ? toPlainText(title) : undefined,
      siteUrl,
      description: description || undefined,
      hubUrl: resolveFeedLink(hubs?.find(({ type }) => type?.toLowerCase() === 'websub')?.url, url),
      selfUrl: resolveFeedLink(feed_url, url),
      language: language || undefined,
    }),
    entries: kept.map((item) => toEntry(Item.parse(item), siteUrl ?? url, authors, now)),
    entriesDropped: items.length - kept.length,
    repairs: [],
  });
}

function toEntry(item: z.infer<typeof Item>, base: string, feedAuthors: string[], now: Date): ParsedEntry {
  const published = readDate(item.date_published, now);
  const ownAuthors = listAuthors(item);
  return {
    ...present({
      guid: item.id === undefined ? undefined : String(item.id).trim() || undefined,
      title: item.title ? toPlainText(item.title) : undefined,
      publishedAt: published?.at,
      publishedAs: published && { text: published.text, zoneAssumed: published.zoneAssumed },
      updatedAt: parseDate(item.date_modified, now),
      summaryHtml: item.summary ? escapeText(item.summary) : undefined,
      contentHtml: (item.content_html ?? (item.content_text ? toParagraphs(item.content_text) : undefined)) || undefined,
      imageUrl: resolveFeedLink(item.image ?? item.banner_image, base),
      language: item.language || undefined,
    }),
    ...resolveEntryLink(item.url ?? item.external_url, base),
    // An item without authors has those of its feed (JSON Feed 1.1, "authors").
    authors: ownAuthors.length > 0 ? ownAuthors : feedAuthors,
    categories: item.tags ?? [],
    enclosures: (item.attachments ?? []).flatMap((attachment) => toEnclosure(attachment, base) ?? []),
  };
}

function toEnclosure(attachment: z.infer<typeof Attachment>, base: string): Enclosure | undefined {
  const url = resolveFeedLink(attachment.url, base);
  if (!url) return undefined;
  return {
    url,
    ...present({
      type: attachment.mime_type || undefined,
      length: attachment.size_in_bytes,
      duration: attachment.duration_in_seconds,
    }),
  };
}

/** The names of authors. `author` is JSON Feed 1.0's field. */
const listAuthors = ({ author, authors }: Pick<z.infer<typeof Item>, 'author' | 'authors'>): string[] =>
  (authors ?? (author ? [author] : [])).flatMap(({ name }) => name?.trim() || []);

/** Plain text as HTML: empty lines part paragraphs, other line ends become `<br>`. */
const toParagraphs = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((part) => `<p>${escapeText(part.trim()).replace(/\n/g, '<br>')}</p>`)
    .join('');
