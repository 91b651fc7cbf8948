import { type Document, type Element, isTag, isText } from 'domhandler';
import { walk } from './text.js';

/** What a page says of itself. */
export interface Metadata {
  title?: string;
  authors: string[];
  publishedAt?: Date;
  language?: string;
  siteName?: string;
  leadImageUrl?: string;
  description?: string;
  /** What relative addresses are relative to: `<base href>`, else where the page was found. */
  baseUrl: string;
}

/** Longer structured data is no article's, in characters. */
const MAX_JSON_LD = 500_000;
/** Objects of structured data that are looked at. */
const MAX_OBJECTS = 500;
/** Elements of one name that are kept: no article has more authors. */
const MAX_SAME_META = 50;
const ARTICLE_TYPE = /Article|BlogPosting|Report|Posting/;

type Json = Record<string, unknown>;

/** Gathers metadata from JSON-LD, OpenGraph, Dublin Core and the like, and the visible headline, in that order of trust. */
export function readMetadata(document: Document, url: string, now: Date): Metadata {
  const found = gather(document, url);
  const article = articleOf(found.jsonLd);
  const meta = (...names: string[]) => names.map((name) => found.meta.get(name)).find(Boolean);
  const siteName = meta('og:site_name', 'application-name') ?? nameOf(article?.publisher);
  const headline =
    text(article?.headline) ?? meta('og:title', 'twitter:title', 'dc.title', 'parsely-title') ?? found.h1 ?? found.title;
  const title = headline ? withoutSite(headline, siteName) : undefined;
  const authors = authorsOf(article?.author, found.metaAll);
  const publishedAt = dateOf(
    [
      text(article?.datePublished),
      meta(
        'article:published_time',
        'og:published_time',
        'dc.date',
        'dc.date.issued',
        'dcterms.created',
        'date',
        'pubdate',
        'parsely-pub-date',
      ),
      found.time,
    ],
    now,
  );
  const image = imageOf(article?.image) ?? meta('og:image', 'og:image:url', 'twitter:image', 'twitter:image:src');
  const leadImageUrl = image && URL.canParse(image, found.baseUrl) ? new URL(image, found.baseUrl).href : undefined;
  const language = languageTag(found.lang ?? meta('content-language', 'og:locale', 'dc.language') ?? text(article?.inLanguage));
  const description = meta('og:description', 'description', 'twitter:description');
  return {
    authors,
    baseUrl: found.baseUrl,
    ...(title ? { title } : {}),
    ...(publishedAt ? { publishedAt } : {}),
    ...(language ? { language } : {}),
    ...(siteName ? { siteName } : {}),
    ...(leadImageUrl && /^https?:/.test(leadImageUrl) ? { leadImageUrl } : {}),
    ...(description ? { description } : {}),
  };
}

/** `de_DE` and `DE` → `de-DE`, `de`; undefined for what is no language tag. */
export function languageTag(value: string | undefined): string | undefined {
  const parts = value?.trim().split(/[-_]/);
  const primary = parts?.[0]?.toLowerCase();
  if (!primary || !/^[a-z]{2,3}$/.test(primary)) return undefined;
  const region = parts?.slice(1).find((part) => /^([a-z]{2}|\d{3})$/i.test(part));
  return region ? `${primary}-${region.toUpperCase()}` : primary;
}

function gather(document: Document, url: string) {
  const meta = new Map<string, string>();
  const metaAll = new Map<string, string[]>();
  const jsonLd: Json[] = [];
  let [title, h1, time, lang]: (string | undefined)[] = [];
  let baseUrl = url;
  walk(
    document.children,
    (node) => {
      if (!isTag(node)) return true;
      const { attribs } = node;
      if (node.name === 'html') lang ??= attribs.lang ?? attribs['xml:lang'];
      else if (node.name === 'base' && attribs.href && URL.canParse(attribs.href, url)) baseUrl = new URL(attribs.href, url).href;
      else if (node.name === 'meta') {
        const name = (attribs.property ?? attribs.name ?? attribs['http-equiv'] ?? attribs.itemprop)?.toLowerCase();
        const content = attribs.content?.trim();
        if (name && content) {
          if (!meta.has(name)) meta.set(name, content);
          const all = metaAll.get(name);
          if (!all) metaAll.set(name, [content]);
          else if (all.length < MAX_SAME_META) all.push(content);
        }
      } else if (node.name === 'title') title ??= oneLine(node);
      else if (node.name === 'h1') h1 ??= oneLine(node) || undefined;
      else if (node.name === 'time') time ??= attribs.datetime;
      else if (node.name === 'script' && /ld\+json/i.test(attribs.type ?? '')) jsonLd.push(...readJsonLd(oneText(node)));
      return node.name !== 'svg';
    },
    () => undefined,
  );
  return { meta, metaAll, jsonLd, title, h1, time, lang, baseUrl };
}

function oneText(element: Element): string {
  const parts: string[] = [];
  walk(
    element.children,
    (node) => {
      if (isText(node)) parts.push(node.data);
      return true;
    },
    () => undefined,
  );
  return parts.join('');
}

const oneLine = (element: Element) => oneText(element).replace(/\s+/g, ' ').trim();

/** All objects of a JSON-LD block, those of @graph and of lists too; none when it is broken. */
function readJsonLd(source: string): Json[] {
  if (source.length > MAX_JSON_LD) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(source.replace(/^\s*(<!--|\/\*.*?\*\/|<!\[CDATA\[)|(-->|\]\]>)\s*$/g, '').replace(/[\n\r\t]/g, ' '));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  const objects: Json[] = [];
  const queue: unknown[] = [parsed];
  while (queue.length > 0 && objects.length < MAX_OBJECTS) {
    const next = queue.shift();
    if (Array.isArray(next)) queue.push(...next.slice(0, MAX_OBJECTS));
    else if (typeof next === 'object' && next !== null) {
      objects.push(next as Json);
      const { '@graph': graph, mainEntity } = next as Json;
      queue.push(...[graph, mainEntity].filter((value) => value !== undefined));
    }
  }
  return objects;
}

const articleOf = (objects: readonly Json[]): Json | undefined =>
  objects.find((object) => [object['@type']].flat().some((type) => typeof type === 'string' && ARTICLE_TYPE.test(type)));

const text = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' && one.trim() !== '' ? decodeEntities(one.trim()) : undefined;
};

/** JSON-LD is often written by templates that escape for HTML. */
const decodeEntities = (value: string) =>
  value.replace(
    /&(amp|quot|#0?39|apos|lt|gt|nbsp);/g,
    (_, name: string) => ({ amp: '&', quot: '"', lt: '<', gt: '>', nbsp: ' ' })[name] ?? "'",
  );

const nameOf = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? (value[0] as unknown) : value;
  return typeof one === 'object' && one !== null ? text((one as Json).name) : text(one);
};

const imageOf = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? (value[0] as unknown) : value;
  return typeof one === 'object' && one !== null ? text((one as Json).url) : text(one);
};

function authorsOf(structured: unknown, meta: ReadonlyMap<string, readonly string[]>): string[] {
  const list = structured === undefined ? [] : [structured].flat().map(nameOf);
  const tags = ['author', 'article:author', 'dc.creator', 'parsely-author', 'sailthru.author']
    .map((name) => meta.get(name))
    .find((values) => values?.some(isName));
  const names = list.some((name) => name !== undefined && isName(name)) ? list : (tags ?? []);
  return [
    ...new Set(names.flatMap((name) => (name && isName(name) ? [name.replace(/^(by|von|por|par|di)\s+/i, '').trim()] : []))),
  ].slice(0, 20);
}

const isName = (value: string) => value.length > 1 && value.length < 100 && !/^(https?:|www\.|@)|@\S+\./i.test(value);

/** A publication is no older than printing on the web, and not of the future (a day for zones). */
function dateOf(candidates: readonly (string | undefined)[], now: Date): Date | undefined {
  for (const candidate of candidates) {
    if (!candidate || !/\d{4}/.test(candidate)) continue;
    // A date without a zone is UTC by our rule, not by the zone of the machine that reads it.
    const ms = Date.parse(/^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(candidate) ? `${candidate}Z` : candidate);
    if (ms > Date.UTC(1990, 0, 1) && ms < now.getTime() + 86_400_000) return new Date(ms);
  }
  return undefined;
}

/** "Headline | Site" → "Headline". */
function withoutSite(title: string, siteName: string | undefined): string {
  const line = title.replace(/\s+/g, ' ').trim();
  if (siteName) {
    for (const mark of [' | ', ' - ', ' – ', ' — ', ' :: ', ' · ', ': ']) {
      if (line.endsWith(mark + siteName)) return line.slice(0, -(mark + siteName).length).trim();
    }
  }
  return line;
}
