import type { WrittenAs } from '../text/date-words.js';
import { present } from '../text/present.js';
import { wellFormed } from '../text/well-formed.js';
import type { ArticleRecord, FeedVersion, Provenance } from './article.js';
import type { Content } from './content.js';
import { toLanguageTag } from './metadata/language.js';
import type { Metadata } from './metadata/metadata.js';
import { makeExcerpt } from './output/excerpt.js';
import { countWords, estimateReadingMinutes } from './output/word-count.js';

/** Longest title made of an article's first words, in characters. */
const MAX_MADE_TITLE = 80;

interface RecordParts {
  content: Content;
  source: 'page' | 'feed';
  feed: FeedVersion;
  /** Undefined if there is no page, or if it could not be read. */
  metadata: Metadata | undefined;
  /** A gate page's section, tags, picture and the like describe itself and not the article; they are left out. */
  isGatePage: boolean;
  now: Date;
}

/** Makes the record that is stored: what the feed says comes first, what it leaves out is taken from the page. */
export function makeRecord({ content, source, feed, metadata, isGatePage, now }: RecordParts): ArticleRecord {
  const about = isGatePage ? undefined : metadata;
  const authors = feed.authors.length > 0 ? feed.authors : (metadata?.authors ?? []);
  return {
    title: wellFormed(feed.title ?? metadata?.title ?? makeExcerpt(content.text).slice(0, MAX_MADE_TITLE)),
    authors: authors.map(wellFormed),
    ...pickPublished(feed, metadata, now),
    ...present({
      language: metadata?.language ?? toLanguageTag(feed.language),
      siteName: wellFormedText(metadata?.siteName),
    }),
    excerpt: makeExcerpt(content.text),
    contentHtml: content.html,
    contentText: content.text,
    ...describeLeadImage(feed, about),
    wordCount: countWords(content.text),
    readingMinutes: estimateReadingMinutes(content.text),
    contentSource: source,
    ...present({ canonicalUrl: about?.canonicalUrl || undefined, section: wellFormedText(about?.section) }),
    tags: (about?.tags ?? []).map(wellFormed),
    ...pickModified(about, now),
    ...present({ paywalled: about?.paywalled }),
    pageCount: source === 'page' ? content.pages : 0,
  };
}

const wellFormedText = (text: string | undefined): string | undefined => (text ? wellFormed(text) : undefined);

function describeLeadImage(feed: FeedVersion, metadata: Metadata | undefined): Partial<ArticleRecord> {
  const image = metadata?.leadImage;
  return present({
    leadImageUrl: wellFormedText(image?.url ?? feed.imageUrl),
    leadImageWidth: image?.width,
    leadImageHeight: image?.height,
    leadImageCaption: wellFormedText(image?.caption),
  });
}

function pickPublished(feed: FeedVersion, metadata: Metadata | undefined, now: Date): Partial<ArticleRecord> {
  const date = feed.publishedAt
    ? traceDate(now, feed.publishedAt, 'feed', feed.publishedAs)
    : traceDate(now, metadata?.publishedAt, metadata?.publishedFrom, metadata?.publishedAs);
  return present({ publishedAt: date?.at, published: date?.provenance });
}

function pickModified(metadata: Metadata | undefined, now: Date): Partial<ArticleRecord> {
  const date = traceDate(now, metadata?.modifiedAt, metadata?.modifiedFrom, metadata?.modifiedAs);
  return present({ modifiedAt: date?.at, modified: date?.provenance });
}

/** A date and where it comes from. A date in the future, usually written in another zone than it claims, is set to now. */
function traceDate(
  now: Date,
  at: Date | undefined,
  source: Provenance['source'] | undefined,
  written: WrittenAs | undefined,
): { at: Date; provenance: Provenance } | undefined {
  if (!at || !source) return undefined;
  const clamped = at > now;
  return {
    at: clamped ? now : at,
    provenance: { source, text: written?.text ?? at.toISOString(), zoneAssumed: written?.zoneAssumed ?? false, clamped },
  };
}
