import { resolveFeedLink, UNSAFE_SCHEME } from '../links.js';

/** Links, categories, people and files kept of one item. No real item has more. */
const MAX_PARTS = 200;

/** An element's attributes by name. */
export type Attributes = ReadonlyMap<string, string>;

/** A file that an item refers to, as the document describes it. */
export interface DraftFile {
  url: string;
  type?: string | undefined;
  /** In bytes, as written. */
  length?: string | undefined;
  /** In seconds or as h:mm:ss, as written. */
  duration?: string | undefined;
  isPicture: boolean;
}

/** What a feed or an item says, collected while the document is read. */
export interface Draft {
  /** `rdf:about`, the id of an item in RSS 1.0. */
  about?: string | undefined;
  /** The base of its links: xml:base, else (for an item) the site, else the document. */
  base: string;
  language?: string | undefined;
  /** The first text of each field, by field name. */
  texts: Map<string, string>;
  links: Attributes[];
  people: string[];
  podcasters: string[];
  categories: string[];
  files: DraftFile[];
  thumbnails: string[];
  covers: string[];
  source: { title?: string | undefined; url?: string | undefined; people: string[] };
  isGuidLink: boolean;
  skipHours: string[];
  skipDays: string[];
}

/** An empty draft. */
export const createDraft = (about: string | undefined, base: string, language: string | undefined): Draft => ({
  about,
  base,
  language,
  texts: new Map(),
  links: [],
  people: [],
  podcasters: [],
  categories: [],
  files: [],
  thumbnails: [],
  covers: [],
  source: { people: [] },
  isGuidLink: true,
  skipHours: [],
  skipDays: [],
});

/** Adds a value that is neither empty nor in the list yet. */
export function addOnce(list: string[], value: string | undefined): void {
  if (value && list.length < MAX_PARTS && !list.includes(value)) list.push(value);
}

/** Keeps the text of a field unless it is blank or the field has one already. */
export function keepFirst(draft: Draft, field: string, text: string): void {
  if (text.trim() !== '' && !draft.texts.has(field)) draft.texts.set(field, text);
}

/** The text of the first of these fields that has one. */
export function findText(draft: Draft, fields: readonly string[]): string | undefined {
  for (const field of fields) {
    const text = draft.texts.get(field);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Adds a link element, up to MAX_PARTS. */
export function addLink(draft: Draft, link: Attributes): void {
  if (draft.links.length < MAX_PARTS) draft.links.push(link);
}

/** Adds the file that an element names. Podcasts name one file as enclosure and as media:content; the two are merged. */
export function addFile(draft: Draft, attributes: Attributes): void {
  const file = parseFile(attributes, draft.base);
  if (!file || draft.files.length >= MAX_PARTS) return;
  const known = draft.files.find(({ url }) => url === file.url);
  if (!known) {
    draft.files.push(file);
    return;
  }
  known.type ??= file.type;
  known.length ??= file.length;
  known.duration ??= file.duration;
}

function parseFile(attributes: Attributes, base: string): DraftFile | undefined {
  const url = resolveFeedLink(attributes.get('url') ?? attributes.get('href'), base);
  if (!url) return undefined;
  const type = attributes.get('type');
  return {
    url,
    type,
    length: attributes.get('length') ?? attributes.get('filesize'),
    duration: attributes.get('duration'),
    isPicture: attributes.get('medium') === 'image' || (type?.startsWith('image/') ?? false),
  };
}

/** The relation of a link; without one, it is an alternate (RFC 4287 §4.2.7.2). */
export const getRel = (link: Attributes): string => (link.get('rel') ?? 'alternate').trim().toLowerCase();

/** The address of the first link of this relation. */
export const findRelated = (draft: Draft, rel: string): string | undefined =>
  resolveFeedLink(draft.links.find((link) => getRel(link) === rel && link.get('href'))?.get('href'), draft.base);

/**
 * The page of a feed or an item: the text of RSS's link, else Atom's alternate link (RFC 4287 §4.2.7.2), else a guid that is a
 * link. A link with an unsafe scheme is returned as it is, so that it can be reported.
 */
export function findPageLink(draft: Draft): string | undefined {
  const link = draft.texts.get('link') ?? findAlternate(draft) ?? findGuidLink(draft);
  if (link === undefined) return undefined;
  return UNSAFE_SCHEME.test(link) ? link.trim() : resolveFeedLink(link, draft.base);
}

function findAlternate(draft: Draft): string | undefined {
  const alternates = draft.links.filter((link) => link.get('href') && getRel(link) === 'alternate');
  const page = alternates.find((link) => /html/.test(link.get('type') ?? 'html')) ?? alternates[0];
  return page?.get('href');
}

function findGuidLink(draft: Draft): string | undefined {
  const guid = draft.isGuidLink ? draft.texts.get('guid')?.trim() : undefined;
  return guid && /^https?:/i.test(guid) ? guid : undefined;
}
