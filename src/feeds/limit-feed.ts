import { FIELD_LIMITS, keepNumber, keepWhole, limitText, limitTexts } from '../text/field-limits.js';
import { present } from '../text/present.js';
import type { Enclosure, ParsedEntry, ParsedFeed } from './feed.js';
import { hashIfLonger } from './identity.js';

/**
 * Applies the limits of fields to a feed, whatever its format. The HTML of entries is left as it is, and so is the address of an
 * entry's page: only the normalized URL is kept, which has a limit of its own (src/web/normalize-url.ts).
 */
export const limitFeed = ({ title, siteUrl, description, language, hubUrl, selfUrl, ...feed }: ParsedFeed): ParsedFeed => ({
  ...feed,
  ...present({
    title: limitText(title, FIELD_LIMITS.title),
    siteUrl: keepWhole(siteUrl, FIELD_LIMITS.url),
    description: limitText(description, FIELD_LIMITS.sentence),
    language: keepWhole(language, FIELD_LIMITS.language),
    hubUrl: keepWhole(hubUrl, FIELD_LIMITS.url),
    selfUrl: keepWhole(selfUrl, FIELD_LIMITS.url),
  }),
  entries: feed.entries.map(limitEntry),
});

function limitEntry(entry: ParsedEntry): ParsedEntry {
  const { guid, title, publishedAs, imageUrl, language, commentsUrl, source, ...rest } = entry;
  return {
    ...rest,
    ...present({
      // By the hash that a long key has, so that an entry keeps the key that it had before.
      guid: guid && hashIfLonger(guid, FIELD_LIMITS.guid),
      title: limitText(title, FIELD_LIMITS.title),
      publishedAs: publishedAs && { ...publishedAs, text: publishedAs.text.slice(0, FIELD_LIMITS.date) },
      imageUrl: keepWhole(imageUrl, FIELD_LIMITS.url),
      language: keepWhole(language, FIELD_LIMITS.language),
      commentsUrl: keepWhole(commentsUrl, FIELD_LIMITS.url),
      source: source && limitSource(source),
    }),
    authors: limitTexts(entry.authors, FIELD_LIMITS.name, FIELD_LIMITS.authors),
    categories: limitTexts(entry.categories, FIELD_LIMITS.tag, FIELD_LIMITS.tags),
    enclosures: entry.enclosures.slice(0, FIELD_LIMITS.files).flatMap((file) => limitEnclosure(file) ?? []),
  };
}

const limitSource = ({ title, url }: NonNullable<ParsedEntry['source']>): ParsedEntry['source'] =>
  present({ title: limitText(title, FIELD_LIMITS.title), url: keepWhole(url, FIELD_LIMITS.url) });

/** A size or a duration that no file has is left out; a number such as 1e300 would not fit into a column. */
function limitEnclosure({ url, type, length, duration }: Enclosure): Enclosure | undefined {
  if (url.length > FIELD_LIMITS.url) return undefined;
  const bytes = keepNumber(length, FIELD_LIMITS.bytes);
  return {
    url,
    ...present({
      type: limitText(type, FIELD_LIMITS.mediaType),
      length: bytes && Math.round(bytes),
      duration: keepNumber(duration, FIELD_LIMITS.seconds),
    }),
  };
}
