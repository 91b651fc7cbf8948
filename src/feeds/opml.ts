import { FIELD_LIMITS, keepWhole } from '../text/field-limits.js';
import { canParseUrl } from '../text/url.js';

/**
 * The namespace of our attributes in OPML files, which hold what OPML 2.0 has no word for. A later version may add attributes;
 * those that are here keep their meaning.
 */
export const OPML_NAMESPACE = 'https://feedmill.example/opml/1.0';

/** A feed in an OPML file, with its settings. */
export interface OpmlFeed {
  url: string;
  title?: string;
  /** The names of the folders around it, outermost first, joined by FOLDER_SEPARATOR. */
  folder?: string;
  /** The site that it belongs to. */
  siteUrl?: string;
  content?: 'page' | 'feed';
  /** A fixed interval between its polls, in ms. */
  pollEveryMs?: number;
  ignoreRobots?: boolean;
  /** The pause between two requests to its host, in ms. */
  gapMs?: number;
  paused?: boolean;
  /** Headers of the requests to its own origin, by lower-case name. Their values are secrets. */
  headers?: Record<string, string>;
}

/** What joins the names of nested folders. */
export const FOLDER_SEPARATOR = ' / ';

/** Levels of folders in a file. Deeper ones are part of the name of the deepest. */
export const MAX_FOLDER_DEPTH = 10;

/** The address of a feed's site as a file has it; undefined unless it is an http or https URL. */
export function toSiteUrl(text: string | undefined): string | undefined {
  const url = text?.trim() ?? '';
  return /^https?:\/\//i.test(url) && canParseUrl(url) ? keepWhole(url, FIELD_LIMITS.url) : undefined;
}
