/** What of a record has pictures, as the view `feedmill.records` names it. */
interface Pictured {
  content_html?: unknown;
  lead_image_url?: unknown;
}

/**
 * The address of a picture at a proxy: `{url}` in the template is the picture's own, percent-encoded.
 * What is at the proxy already is left.
 */
export function toProxyUrl(url: string, template: string): string {
  const [head = ''] = template.split('{url}');
  return url.startsWith(head) ? url : template.replaceAll('{url}', () => encodeURIComponent(url));
}

/** A record as it is shown to readers who are not to meet the hosts of its pictures; what is stored stays as it is. */
export function proxyImages<T extends Pictured>(record: T, template: string): T {
  const { content_html: html, lead_image_url: image } = record;
  return {
    ...record,
    ...(typeof html === 'string' ? { content_html: htmlThroughProxy(html, template) } : {}),
    ...(typeof image === 'string' ? { lead_image_url: toProxyUrl(image, template) } : {}),
  };
}

/** Our own HTML (sanitize.ts): attributes in double quotes, in which `"`, `<` and `>` are written as references. */
const htmlThroughProxy = (html: string, template: string): string =>
  html
    .replace(/(<img\b[^>]*?\ssrc=")([^"]*)/g, (_, tag: string, src: string) => tag + attribute(src, template))
    .replace(/(<video\b[^>]*?\sposter=")([^"]*)/g, (_, tag: string, src: string) => tag + attribute(src, template));

const attribute = (value: string, template: string): string =>
  toProxyUrl(value.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'), template)
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;');
