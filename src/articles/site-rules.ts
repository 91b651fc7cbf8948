import type { CheerioAPI } from 'cheerio';
import type { AnyNode, Element } from 'domhandler';
import { selectElements } from '../text/html-tree.js';
import { present } from '../text/present.js';
import { canParseUrl } from '../text/url.js';
import { getTextLine } from './dom/text.js';
import { readByline } from './metadata/byline.js';
import type { Metadata } from './metadata/metadata.js';
import { parseWrittenDate } from './metadata/written-date.js';

/**
 * What a user knows about a site: CSS selectors for the parts of its pages. Parts without a selector are found by the general
 * rules. Plain data, because it crosses into the extraction thread.
 */
export interface SiteRule {
  /** The file that it was read from. */
  file: string;
  /** Host names; each includes the hosts below it. */
  domains: string[];
  /** The body: all elements that match, in document order. */
  content?: string[];
  /** What to leave out of the body. */
  strip?: string[];
  title?: string[];
  author?: string[];
  date?: string[];
  /** The link to the article's next page. */
  next?: string[];
}

/** Elements used of all that a part's selectors match; a rule that matches more is too broad. */
const MAX_MATCHES = 1_000;

/** The rule for a URL's host, or else for the nearest domain above it. */
export function findSiteRule(rules: ReadonlyMap<string, SiteRule>, url: string): SiteRule | undefined {
  let host = canParseUrl(url) ? new URL(url).hostname : '';
  while (host.includes('.')) {
    const rule = rules.get(host);
    if (rule) return rule;
    host = host.slice(host.indexOf('.') + 1);
  }
  return undefined;
}

/** What a rule finds on a page. */
export interface RuleMatches {
  /** Empty if the rule has no `content`, or if its selectors no longer match: the general rules then find the body. */
  content: Element[];
  strip: ReadonlySet<AnyNode>;
  /** The next page's absolute URL. */
  next?: string;
}

/** Finds the parts of a page that a rule names. */
export function applySiteRule($: CheerioAPI, rule: SiteRule, baseUrl: string): RuleMatches {
  const content = selectAll($, rule.content);
  const matched = new Set<AnyNode>(content);
  const [link] = selectAll($, rule.next);
  const href = link?.attribs.href;
  const next = href && canParseUrl(href, baseUrl) ? new URL(href, baseUrl).href : undefined;
  return {
    // An element inside another match is in the body already.
    content: content.filter(
      (element) =>
        !$(element)
          .parents()
          .toArray()
          .some((outer) => matched.has(outer)),
    ),
    strip: new Set<AnyNode>(selectAll($, rule.strip)),
    ...present({ next }),
  };
}

/** The metadata of a page, with what a rule's selectors find in place of what the general rules found. */
export function overrideMetadata(metadata: Metadata, $: CheerioAPI, rule: SiteRule): Metadata {
  const [title] = readValues($, rule.title);
  const authors = [...new Set(readValues($, rule.author).flatMap((line) => readByline(line)))];
  const date = readValues($, rule.date)
    .map((line) => parseWrittenDate(line))
    .find((written) => written !== undefined);
  return {
    ...metadata,
    ...present({ title }),
    ...(authors.length > 0 && { authors }),
    ...(date && {
      publishedAt: date.at,
      publishedIso: date.iso,
      publishedFrom: 'text' as const,
      publishedAs: { text: date.text, zoneAssumed: date.zoneAssumed },
    }),
  };
}

/** The values of all matching elements that have one: `datetime`, `content`, or else the text. */
const readValues = ($: CheerioAPI, selectors: readonly string[] | undefined): string[] =>
  selectAll($, selectors)
    .map((element) => element.attribs.datetime ?? element.attribs.content ?? getTextLine(element))
    .filter((value) => value !== '');

const selectAll = ($: CheerioAPI, selectors: readonly string[] | undefined): Element[] =>
  selectors ? selectElements($, selectors.join(',')).slice(0, MAX_MATCHES) : [];
