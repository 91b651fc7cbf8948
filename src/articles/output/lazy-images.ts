import { type Element, isTag, isText } from 'domhandler';
import { walk } from '../dom/walk.js';

/** Attributes in which scripts for lazy loading keep an image's address. */
const LAZY_SOURCES = [
  'data-src',
  'data-original',
  'data-lazy-src',
  'data-lazy',
  'data-original-src',
  'data-img-src',
  'data-hi-res-src',
];
/** Elements that may stand around an image in a `noscript` that only repeats the image. */
const AROUND_IMAGE = /^(a|picture|source|span|figure)$/;

/**
 * The address of an image whose `src` is missing or a placeholder: from a lazy-loading attribute, a `srcset`, or the sources
 * of the `picture` around it. Undefined if `src` is to be used as it is.
 */
export function findLazySource(image: Element): string | undefined {
  const { attribs } = image;
  const { src = '' } = attribs;
  const isPlaceholder = src === '' || src.startsWith('data:');
  const lazy =
    LAZY_SOURCES.map((name) => attribs[name]).find((value) => value !== undefined && value !== '') ??
    (isPlaceholder ? (pickLargest(attribs['data-srcset'] ?? attribs.srcset) ?? findPictureSource(image)) : undefined);
  return lazy && !lazy.startsWith('data:') ? lazy : undefined;
}

/** The last candidate of a `srcset`: publishers write them from small to large. */
const pickLargest = (srcset: string | undefined): string | undefined =>
  srcset
    ?.split(/,\s+/)
    .map((part) => part.trim().split(/\s+/)[0])
    .findLast(Boolean);

function findPictureSource({ parent }: Element): string | undefined {
  if (!parent || !isTag(parent) || parent.name !== 'picture') return undefined;
  const sources = parent.children.filter((child): child is Element => isTag(child) && child.name === 'source');
  return sources.map(({ attribs }) => pickLargest(attribs.srcset ?? attribs['data-srcset'])).find(Boolean);
}

/** Whether a `noscript` holds an image and nothing else to see: it stands in for a lazy image next to it. */
export function isImageFallback(noscript: Element): boolean {
  let images = 0;
  let others = 0;
  walk(
    noscript.children,
    (node) => {
      if (isTag(node) && node.name === 'img') images += 1;
      else if (isTag(node) ? !AROUND_IMAGE.test(node.name) : isText(node) && node.data.trim() !== '') others += 1;
      return others === 0;
    },
    () => undefined,
  );
  return images > 0 && others === 0;
}
