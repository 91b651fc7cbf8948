import type { WrittenAs } from '../text/date-words.js';
import { FIELD_LIMITS, keepWhole, limitText, limitTexts } from '../text/field-limits.js';
import { present } from '../text/present.js';
import type { ArticleRecord, FeedVersion, Provenance } from './article.js';
import type { Content } from './content.js';
import { EXTRACTOR_VERSION } from './extractor-version.js';
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
    title: limitText(feed.title ?? metadata?.title, FIELD_LIMITS.title) ?? makeTitle(content),
    authors: limitTexts(authors, FIELD_LIMITS.name, FIELD_LIMITS.authors),
    ...pickPublished(feed, metadata, now),
    ...present({
      language: metadata?.language ?? toLanguageTag(feed.language),
      siteName: limitText(metadata?.siteName, FIELD_LIMITS.name),
    }),
    excerpt: makeExcerpt(content.text),
    contentHtml: content.html,
    contentText: content.text,
    ...describeLeadImage(feed, about),
    wordCount: countWords(content.text),
    readingMinutes: estimateReadingMinutes(content.text),
    contentSource: source,
    ...present({ canonicalUrl: limitUrl(about?.canonicalUrl), section: limitText(about?.section, FIELD_LIMITS.name) }),
    tags: limitTexts(about?.tags ?? [], FIELD_LIMITS.tag, FIELD_LIMITS.tags),
    ...pickModified(about, now),
    ...present({ paywalled: about?.paywalled }),
    pageCount: source === 'page' ? content.pages : 0,
    extractorVersion: EXTRACTOR_VERSION,
  };
}

const makeTitle = ({ text }: Content): string => limitText(makeExcerpt(text), MAX_MADE_TITLE) ?? '';

function describeLeadImage(feed: FeedVersion, metadata: Metadata | undefined): Partial<ArticleRecord> {
  const image = metadata?.leadImage;
  return present({
    leadImageUrl: limitUrl(image?.url) ?? limitUrl(feed.imageUrl),
    leadImageWidth: image?.width,
    leadImageHeight: image?.height,
    leadImageCaption: limitText(image?.caption, FIELD_LIMITS.sentence),
  });
}

const limitUrl = (url: string | undefined): string | undefined => limitText(keepWhole(url, FIELD_LIMITS.url), FIELD_LIMITS.url);

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
