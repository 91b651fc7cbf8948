import { Parser } from 'htmlparser2';
import { escapeAttribute } from '../../text/escape.js';
import { present } from '../../text/present.js';

/** The columns of the view `feedmill.records` that hold images. */
interface ImageColumns {
  content_html?: unknown;
  lead_image_url?: unknown;
}

/**
 * Rewrites the image URLs of a record so that readers load images from the proxy and never from the publishers' hosts. The
 * stored record is not changed.
 * @param template the proxy's URL, in which `{url}` stands for the image's percent-encoded URL.
 */
export function proxyImages<T extends ImageColumns>(record: T, template: string): T {
  const { content_html: html, lead_image_url: image } = record;
  return {
    ...record,
    ...present({
      content_html: typeof html === 'string' ? proxyImagesInHtml(html, template) : undefined,
      lead_image_url: typeof image === 'string' ? toProxyUrl(image, template) : undefined,
    }),
  };
}

/** Attributes that hold the URL of an image, by element. */
const IMAGE_ATTRIBUTES: Record<string, string> = { img: 'src', video: 'poster' };

/**
 * Rewrites the tags of images and posters, and copies everything between them. A parser finds the tags: to a pattern, an
 * attribute's value such as `alt=" src="` looks like an attribute.
 */
function proxyImagesInHtml(html: string, template: string): string {
  const pieces: string[] = [];
  let copied = 0;
  const parser: Parser = new Parser({
    onopentag(name, attribs) {
      const attribute = Object.hasOwn(IMAGE_ATTRIBUTES, name) ? IMAGE_ATTRIBUTES[name] : undefined;
      const url = attribute === undefined ? undefined : attribs[attribute];
      if (attribute === undefined || url === undefined) return;
      const tag = writeTag(name, { ...attribs, [attribute]: toProxyUrl(url, template) });
      pieces.push(html.slice(copied, parser.startIndex), tag);
      copied = parser.endIndex + 1;
    },
  });
  parser.end(html);
  return pieces.join('') + html.slice(copied);
}

const writeTag = (name: string, attribs: Readonly<Record<string, string>>): string =>
  `<${name}${Object.entries(attribs)
    .map(([attribute, value]) => ` ${attribute}="${escapeAttribute(value)}"`)
    .join('')}>`;

/** An image's URL at the proxy. A URL that is at the proxy already stays as it is. */
function toProxyUrl(url: string, template: string): string {
  const [head = ''] = template.split('{url}');
  return url.startsWith(head) ? url : template.replaceAll('{url}', () => encodeURIComponent(url));
}
