import { type Element, isTag } from 'domhandler';
import { getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { isJson, type Json } from './json-ld.js';

/** The picture that a site shows with an article. */
export interface LeadImage {
  url: string;
  /** In pixels, as the site says. */
  width?: number;
  height?: number;
  caption?: string;
}

/** What a page says of its pictures. */
export interface ImageParts {
  /** `image` of the article's structured data, references resolved. */
  structured: unknown;
  meta(...names: string[]): string | undefined;
  /** Elements `figure` of the page, in order. */
  figures: readonly Element[];
  baseUrl: string;
}

/** Longer texts beside a picture are no caption, in characters. */
const MAX_CAPTION = 1_000;
/** Sizes of one picture that are looked at. */
const MAX_SIZES = 20;
/** No picture is larger: numbers beyond are mistakes, in pixels. */
const MAX_SIDE = 50_000;

/** The lead image, from structured data, else OpenGraph or Twitter; its caption from the figure that shows it, else from structured data. */
export function leadImageOf({ structured, meta, figures, baseUrl }: ImageParts): LeadImage | undefined {
  const image = firstOf(structured);
  const given = isJson(image) ? (text(image.url) ?? text(image.contentUrl)) : text(image);
  const declared = given ?? meta('og:image', 'og:image:url', 'og:image:secure_url', 'twitter:image', 'twitter:image:src');
  const url = declared && URL.canParse(declared, baseUrl) ? new URL(declared, baseUrl).href : undefined;
  if (!url || !/^https?:/.test(url)) return undefined;
  const about = isJson(image) ? image : undefined;
  // OpenGraph's size is of OpenGraph's picture.
  const isOpenGraph = fileOf(url, baseUrl) === fileOf(meta('og:image', 'og:image:url', 'og:image:secure_url') ?? '', baseUrl);
  const width = side(about?.width) ?? (isOpenGraph ? side(meta('og:image:width')) : undefined);
  const height = side(about?.height) ?? (isOpenGraph ? side(meta('og:image:height')) : undefined);
  const caption = captionIn(figures, fileOf(url, baseUrl), baseUrl) ?? captionOf(about);
  return { url, ...(width && height ? { width, height } : {}), ...(caption ? { caption } : {}) };
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? (value[0] as unknown) : value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** `1200`, `"1200"`, `"1200px"` or `{ value: 1200 }`. */
function side(value: unknown): number | undefined {
  const given = isJson(value) ? value.value : value;
  const pixels = Number.parseInt(String(given ?? ''), 10);
  return pixels > 0 && pixels <= MAX_SIDE ? pixels : undefined;
}

const captionOf = (image: Json | undefined): string | undefined => {
  const caption = text(image?.caption) ?? text(image?.description);
  return caption && caption.length <= MAX_CAPTION ? caption : undefined;
};

/** The caption of the first figure with a picture of this file. */
function captionIn(figures: readonly Element[], file: string | undefined, baseUrl: string): string | undefined {
  if (file === undefined) return undefined;
  for (const figure of figures) {
    let [shown, caption]: [boolean, string] = [false, ''];
    walk(
      [figure],
      (node) => {
        if (!isTag(node)) return true;
        if (node.name === 'figcaption') caption ||= getTextLine(node);
        else if (node.name === 'img' || node.name === 'source')
          shown ||= addressesOf(node).some((url) => fileOf(url, baseUrl) === file);
        return node.name !== 'figcaption';
      },
      () => undefined,
    );
    if (shown && caption !== '' && caption.length <= MAX_CAPTION) return caption;
  }
  return undefined;
}

/** The addresses of a picture, in all sizes. */
const addressesOf = ({ attribs }: Element): string[] => {
  const sets = [attribs.srcset, attribs['data-srcset']].flatMap((set) => set?.split(/,\s+/).slice(0, MAX_SIZES) ?? []);
  return [attribs.src ?? '', attribs['data-src'] ?? '', ...sets].map((address) => address.trim().split(/\s+/)[0] ?? '');
};

/** Host and path: the same picture is asked for in many sizes by what follows. */
function fileOf(address: string, baseUrl: string): string | undefined {
  if (address === '' || address.startsWith('data:') || !URL.canParse(address, baseUrl)) return undefined;
  const { host, pathname } = new URL(address, baseUrl);
  return host + pathname;
}
