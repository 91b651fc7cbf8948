/** HTML's names that publishers use in XML, where only five are defined (XML 1.0 §4.6). Others stay as text. */
const ENTITIES: Record<string, string> = {
  nbsp: '\u00a0', iexcl: '¡', cent: '¢', pound: '£', copy: '©', reg: '®', deg: '°', middot: '·', laquo: '«', raquo: '»', iquest: '¿',
  Agrave: 'À', Aacute: 'Á', Auml: 'Ä', Ccedil: 'Ç', Eacute: 'É', Ntilde: 'Ñ', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', agrave: 'à',
  aacute: 'á', acirc: 'â', atilde: 'ã', auml: 'ä', aring: 'å', aelig: 'æ', ccedil: 'ç', egrave: 'è', eacute: 'é', ecirc: 'ê',
  euml: 'ë', igrave: 'ì', iacute: 'í', icirc: 'î', iuml: 'ï', ntilde: 'ñ', ograve: 'ò', oacute: 'ó', ocirc: 'ô', otilde: 'õ',
  ouml: 'ö', oslash: 'ø', ugrave: 'ù', uacute: 'ú', ucirc: 'û', uuml: 'ü', ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’',
  sbquo: '‚', ldquo: '“', rdquo: '”', bdquo: '„', bull: '•', hellip: '…', euro: '€', trade: '™', times: '×', rarr: '→', larr: '←',
}; // biome-ignore format: a table

/** A doctype with an internal subset longer than this is an attack or a mistake, in characters; it goes all the same. */
const MAX_DOCTYPE = 1_000_000;

/**
 * Mends what a reader would forgive: junk before the first tag, controls, a doctype (its entities are never expanded),
 * bare ampersands, HTML's entities, an rss without version, upper-case roots, a document that ends too early.
 * Every rule takes linear time.
 */
export function repairXml(text: string): string {
  const start = text.search(/<(?:\?xml|rss|feed|rdf:RDF|[a-z]+:?[a-z]*)\b/i);
  const body = withoutDoctype(start > 0 ? text.slice(start) : text);
  return closeOpenTags(
    body
      // These are what XML 1.0 §2.2 forbids.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/<rss(?=[\s>])(?![^>]*\sversion\s*=)/i, '<rss version="2.0"')
      .replace(/<!\[CDATA\[[\s\S]*?\]\]>|&(?:#x?[0-9a-f]{1,8};|([a-z][a-z0-9]{1,30});|)/gi, ampersand),
  );
}

function ampersand(match: string, name: string | undefined): string {
  if (match.startsWith('<![CDATA[')) return match;
  if (match === '&') return '&amp;';
  if (name === undefined) return legalReference(match) ? match : '';
  if (/^(amp|lt|gt|quot|apos)$/.test(name)) return match;
  return ENTITIES[name] ?? `&amp;${name};`;
}

/** Whether a numeric reference names a character that XML allows. */
function legalReference(reference: string): boolean {
  const digits = reference.slice(2, -1);
  const code = /^&#x/i.test(reference) ? Number.parseInt(digits.slice(1), 16) : Number(digits);
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff)
  );
}

function withoutDoctype(text: string): string {
  const start = text.slice(0, 10_000).search(/<!DOCTYPE/i);
  if (start < 0) return text;
  const subset = text.indexOf('[', start);
  const close = text.indexOf('>', start);
  if (close < 0) return text;
  if (subset < 0 || subset > close) return text.slice(0, start) + text.slice(close + 1);
  const end = text.slice(subset, subset + MAX_DOCTYPE).search(/\]\s*>/);
  return end < 0 ? text.slice(0, start) : text.slice(0, start) + text.slice(text.indexOf('>', subset + end) + 1);
}

/** A truncated document keeps its whole items: what comes after the last of them goes, and the tags around are closed. */
function closeOpenTags(text: string): string {
  const root = /<(rss|feed|rdf:RDF)[\s>]/i.exec(text)?.[1];
  if (!root || text.slice(-2_000).includes(`</${root}`)) return text;
  const item = root.toLowerCase() === 'feed' ? 'entry' : 'item';
  const end = text.lastIndexOf(`</${item}>`);
  if (end < 0) return text;
  const whole = text.slice(0, end + item.length + 3);
  const channelOpen = root === 'rss' || whole.lastIndexOf('<channel') > whole.lastIndexOf('</channel>');
  return `${whole}${channelOpen && root.toLowerCase() !== 'feed' ? '</channel>' : ''}</${root}>`;
}
