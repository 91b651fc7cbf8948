import { load } from 'cheerio/slim';
import type { Document, Element } from 'domhandler';
import { present } from '../text/present.js';
import { type FoundBody, findBody } from './body/find-body.js';
import { type Metadata, readMetadata } from './metadata/metadata.js';
import { applySiteRule, overrideMetadata, type RuleMatches, type SiteRule } from './site-rules.js';

/** Where the body of a page is, and what inside it does not belong to it. */
export interface LocatedBody {
  metadata: Metadata;
  /** The elements that hold the body, in document order; empty if none was found. */
  roots: Element[];
  /** What the general rules found; undefined if they found nothing, or if the site's rule names the body. */
  found?: FoundBody;
  /** The next page of the article, if the site's rule finds one. */
  next?: string;
  /** Whether an element inside the roots is not part of the body. */
  skip(element: Element): boolean;
  /** Why it is not, in words; undefined for an element that is. */
  explainDropped(element: Element): string | undefined;
}

interface LocateOptions {
  url: string;
  now: Date;
  rule?: SiteRule;
}

/** Finds a page's metadata and body: by the site's rule where it has one that matches, else by the general rules. */
export function locateBody(document: Document, { url, now, rule }: LocateOptions): LocatedBody {
  const general = readMetadata(document, url, now);
  if (!rule) return { metadata: general, ...locateByRules(document, general) };
  const $ = load(document);
  const metadata = overrideMetadata(general, $, rule);
  return { metadata, ...locateByRules(document, metadata, applySiteRule($, rule, metadata.baseUrl)) };
}

function locateByRules(document: Document, metadata: Metadata, ruled?: RuleMatches): Omit<LocatedBody, 'metadata'> {
  const { authors, title } = metadata;
  const found = ruled?.content.length ? undefined : findBody(document, { authors, ...present({ title: title || undefined }) });
  const isStripped = (element: Element) => ruled?.strip.has(element) ?? false;
  return {
    roots: found ? [found.standfirst, found.root].filter((root) => root !== undefined) : (ruled?.content ?? []),
    ...present({ found, next: ruled?.next }),
    skip: (element) => isStripped(element) || (found?.isClutter(element) ?? false),
    explainDropped: (element) => (isStripped(element) ? "stripped by the site's rule" : found?.explainDropped(element)),
  };
}
