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

/** Works on the output of sanitize.ts only: attributes are in double quotes, and `"`, `<` and `>` in their values are escaped. */
const proxyImagesInHtml = (html: string, template: string): string =>
  html
    .replace(/(<img\b[^>]*?\ssrc=")([^"]*)/g, (_, tag: string, src: string) => tag + toProxyAttribute(src, template))
    .replace(/(<video\b[^>]*?\sposter=")([^"]*)/g, (_, tag: string, src: string) => tag + toProxyAttribute(src, template));

/** Like `toProxyUrl`, from one escaped attribute value to another. */
const toProxyAttribute = (value: string, template: string): string =>
  toProxyUrl(value.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'), template)
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;');

/** An image's URL at the proxy. A URL that is at the proxy already stays as it is. */
function toProxyUrl(url: string, template: string): string {
  const [head = ''] = template.split('{url}');
  return url.startsWith(head) ? url : template.replaceAll('{url}', () => encodeURIComponent(url));
}
