import type { Document } from 'domhandler';
import type { WrittenAs } from '../../text/date-words.js';
import { present } from '../../text/present.js';
import { readAuthors } from './authors.js';
import { readCanonicalUrl } from './canonical-url.js';
import { createDateReader, readModified, readPublished } from './dates.js';
import { readHeadline } from './headline.js';
import { locateHeadline } from './headline-anchor.js';
import { readText } from './json-ld.js';
import { toLanguageTag } from './language.js';
import { type LeadImage, readLeadImage } from './lead-image.js';
import { firstMeta } from './meta-elements.js';
import { type PageScan, scanPage } from './scan.js';
import { readSiteNames } from './site-name.js';
import type { DateSource, SourcedDate } from './sourced-date.js';
import { stripMarkup } from './strip-markup.js';
import { readTags } from './tags.js';

/** What a page says about itself. */
export interface Metadata {
  title?: string;
  authors: string[];
  publishedAt?: Date;
  /** ISO 8601 in the publisher's own zone where the page names one, so that its day is the day that readers saw. */
  publishedIso?: string;
  publishedFrom?: DateSource;
  publishedAs?: WrittenAs;
  modifiedAt?: Date;
  modifiedFrom?: DateSource;
  modifiedAs?: WrittenAs;
  /** BCP 47, language and region only. */
  language?: string;
  siteName?: string;
  section?: string;
  tags: string[];
  leadImage?: LeadImage;
  /** The page's rel=canonical, normalized; given only where it stays on the site. */
  canonicalUrl?: string;
  /** Whether structured data says that the article is not free (`isAccessibleForFree`); absent where it says nothing. */
  paywalled?: boolean;
  /** The whole text, where structured data has it: used when the page shows none. */
  articleBody?: string;
  /** What relative URLs are resolved against: `<base href>`, else the page's URL. */
  baseUrl: string;
}

/**
 * Reads a page's metadata from JSON-LD, meta elements of all dialects, microdata, and what is visible near the headline.
 * `url` is where the page was found; dates later than `now` are ignored.
 */
export function readMetadata(document: Document, url: string, now: Date): Metadata {
  const scan = scanPage(document, url);
  const siteNames = readSiteNames(scan);
  const title = readHeadline(scan, siteNames);
  const headline = locateHeadline(scan, title);
  const readDate = createDateReader(scan.language, now);
  return {
    authors: readAuthors(scan, headline, siteNames),
    baseUrl: scan.baseUrl,
    tags: readTags(scan.article, scan.meta),
    ...toPublishedFields(readPublished(scan, headline, readDate)),
    ...toModifiedFields(readModified(scan, readDate)),
    ...present({
      title,
      language: readLanguage(scan),
      siteName: siteNames.siteName && stripMarkup(siteNames.siteName),
      section: readSection(scan),
      leadImage: readLeadImage(scan),
      canonicalUrl: readCanonicalUrl(scan),
      paywalled: readPaywalled(scan),
      articleBody: readText(scan.article?.articleBody),
    }),
  };
}

const toPublishedFields = (published: SourcedDate | undefined) =>
  present({
    publishedAt: published?.date.at,
    publishedIso: published?.date.iso,
    publishedFrom: published?.source,
    publishedAs: published && toWrittenAs(published),
  });

const toModifiedFields = (modified: SourcedDate | undefined) =>
  present({
    modifiedAt: modified?.date.at,
    modifiedFrom: modified?.source,
    modifiedAs: modified && toWrittenAs(modified),
  });

const toWrittenAs = ({ date }: SourcedDate): WrittenAs => ({ text: date.text, zoneAssumed: date.zoneAssumed });

const readLanguage = ({ language, meta, article }: PageScan): string | undefined =>
  toLanguageTag(
    language ??
      firstMeta(meta, 'content-language', 'og:locale', 'dc.language', 'dcterms.language', 'language') ??
      readText(article?.inLanguage),
  );

function readSection({ meta, article }: PageScan): string | undefined {
  const section = readText(article?.articleSection) ?? firstMeta(meta, 'article:section', 'parsely-section', 'section');
  return section && stripMarkup(section);
}

function readPaywalled({ article, webPage }: PageScan): boolean | undefined {
  const isFree = article?.isAccessibleForFree ?? webPage?.isAccessibleForFree;
  return isFree === undefined ? undefined : /^false$/i.test(String(isFree));
}
