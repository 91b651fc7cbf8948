import { type Element, isTag } from 'domhandler';
import { present } from '../../text/present.js';
import { canParseUrl } from '../../text/url.js';
import { getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { firstValue, isJsonObject, type JsonObject, resolveReference } from './json-ld.js';
import { firstMeta } from './meta-elements.js';
import type { PageScan } from './scan.js';

/** The picture that a site shows with an article. */
export interface LeadImage {
  /** Absolute, `http` or `https`. */
  url: string;
  /** In pixels, as the page declares it; given only together with the height. */
  width?: number;
  height?: number;
  caption?: string;
}

/** Characters of the longest text beside a picture that is a caption. */
const MAX_CAPTION = 1_000;
/** Sizes of one picture (`srcset`) that are read. */
const MAX_SIZES = 20;
/** Largest width and height in pixels; larger numbers are mistakes. */
const MAX_SIDE = 50_000;

/** Names of meta elements that hold the URL of OpenGraph's image. */
const OPEN_GRAPH_IMAGE = ['og:image', 'og:image:url', 'og:image:secure_url'];

/**
 * Reads the lead image from structured data, else OpenGraph, else Twitter. Its caption is that of the figure that shows the
 * image, else the one in structured data.
 */
export function readLeadImage({ article, jsonLd, meta, figures, baseUrl }: PageScan): LeadImage | undefined {
  const image = firstValue(resolveReference(firstValue(article?.image), jsonLd));
  const details = isJsonObject(image) ? image : undefined;
  const structured = details ? (toNonBlank(details.url) ?? toNonBlank(details.contentUrl)) : toNonBlank(image);
  const declared = structured ?? firstMeta(meta, ...OPEN_GRAPH_IMAGE, 'twitter:image', 'twitter:image:src');
  const url = declared && canParseUrl(declared, baseUrl) ? new URL(declared, baseUrl).href : undefined;
  if (!url || !/^https?:/.test(url)) return undefined;

  const file = identifyFile(url, baseUrl);
  // OpenGraph's size is that of OpenGraph's image, which need not be the one in structured data.
  const isOpenGraph = file === identifyFile(firstMeta(meta, ...OPEN_GRAPH_IMAGE) ?? '', baseUrl);
  const openGraphSide = (name: string) => (isOpenGraph ? parseSide(firstMeta(meta, name)) : undefined);
  const width = parseSide(details?.width) ?? openGraphSide('og:image:width');
  const height = parseSide(details?.height) ?? openGraphSide('og:image:height');
  const caption = findCaption(figures, file, baseUrl) ?? readCaption(details);
  return { url, ...(width && height ? { width, height } : {}), ...present({ caption }) };
}

const toNonBlank = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** A width or height in pixels from `1200`, `"1200"`, `"1200px"` or `{ value: 1200 }`. */
function parseSide(value: unknown): number | undefined {
  const number = isJsonObject(value) ? value.value : value;
  const pixels = Number.parseInt(String(number ?? ''), 10);
  return pixels > 0 && pixels <= MAX_SIDE ? pixels : undefined;
}

function readCaption(image: JsonObject | undefined): string | undefined {
  const caption = toNonBlank(image?.caption) ?? toNonBlank(image?.description);
  return caption && caption.length <= MAX_CAPTION ? caption : undefined;
}

/** The caption of the first figure that shows this file. */
function findCaption(figures: readonly Element[], file: string | undefined, baseUrl: string): string | undefined {
  if (file === undefined) return undefined;
  for (const figure of figures) {
    const { caption, addresses } = readFigure(figure);
    if (caption === '' || caption.length > MAX_CAPTION) continue;
    if (addresses.some((address) => identifyFile(address, baseUrl) === file)) return caption;
  }
  return undefined;
}

/** A figure's caption, '' where it has none, and the addresses of its pictures. */
function readFigure(figure: Element): { caption: string; addresses: string[] } {
  let caption = '';
  const addresses: string[] = [];
  walk(
    [figure],
    (node) => {
      if (!isTag(node)) return true;
      if (node.name === 'figcaption') caption ||= getTextLine(node);
      else if (node.name === 'img' || node.name === 'source') addresses.push(...listAddresses(node));
      return node.name !== 'figcaption';
    },
    () => undefined,
  );
  return { caption, addresses };
}

/** The addresses of a picture in all its sizes, those of lazy loaders included. */
function listAddresses({ attribs }: Element): string[] {
  const sets = [attribs.srcset, attribs['data-srcset']].flatMap((set) => set?.split(/,\s+/).slice(0, MAX_SIZES) ?? []);
  return [attribs.src ?? '', attribs['data-src'] ?? '', ...sets].map((address) => address.trim().split(/\s+/)[0] ?? '');
}

/** Host and path of a picture. Its sizes differ only in the query. */
function identifyFile(address: string, baseUrl: string): string | undefined {
  if (address === '' || address.startsWith('data:') || !canParseUrl(address, baseUrl)) return undefined;
  const { host, pathname } = new URL(address, baseUrl);
  return host + pathname;
}
