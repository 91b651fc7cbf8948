/** HTML's names that publishers use in XML, where only five are defined (XML 1.0 §4.6). Others stay as text. */
const ENTITIES: Record<string, string> = {
  nbsp: '\u00a0',
  iexcl: '¡',
  cent: '¢',
  pound: '£',
  copy: '©',
  reg: '®',
  deg: '°',
  middot: '·',
  laquo: '«',
  raquo: '»',
  iquest: '¿',
  Agrave: 'À',
  Aacute: 'Á',
  Auml: 'Ä',
  Ccedil: 'Ç',
  Eacute: 'É',
  Ntilde: 'Ñ',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  agrave: 'à',
  aacute: 'á',
  acirc: 'â',
  atilde: 'ã',
  auml: 'ä',
  aring: 'å',
  aelig: 'æ',
  ccedil: 'ç',
  egrave: 'è',
  eacute: 'é',
  ecirc: 'ê',
  euml: 'ë',
  igrave: 'ì',
  iacute: 'í',
  icirc: 'î',
  iuml: 'ï',
  ntilde: 'ñ',
  ograve: 'ò',
  oacute: 'ó',
  ocirc: 'ô',
  otilde: 'õ',
  ouml: 'ö',
  oslash: 'ø',
  ugrave: 'ù',
  uacute: 'ú',
  ucirc: 'û',
  uuml: 'ü',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  bull: '•',
  hellip: '…',
  euro: '€',
  trade: '™',
  times: '×',
  rarr: '→',
  larr: '←',
};

/** A doctype with an internal subset longer than this is an attack or a mistake, in characters; the document goes with it. */
const MAX_DOCTYPE = 1_000_000;
/** The root elements that we read, with whatever prefix. */
const ROOT = /<(?:[\w-]{1,40}:)?(?:rss|feed|rdf)[\s>]/i;

/**
 * Mends what a reader would forgive: junk, comments and declarations before the root, controls, a doctype (its entities
 * are never expanded), bare ampersands, HTML's entities, an rss without version, a document that ends too early.
 * Every rule takes linear time: a rule that looks ahead looks only as far as it then moves on.
 */
export function repairXml(text: string): string {
  // These are what XML 1.0 §2.2 forbids.
  const clean = withoutDoctype(mendSections(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')));
  // The declaration goes with what stands before the root: the text is decoded already.
  const start = clean.search(ROOT);
  return closeOpenTags(withVersion(start > 0 ? clean.slice(start) : clean));
}

/** Drops the comments, keeps CDATA as it stands, and mends the ampersands of the rest. */
function mendSections(text: string): string {
  const marker = /<!\[CDATA\[|<!--/g;
  // Known before the loop, so that many openings without an end are not each looked for to the end of the text.
  const lastCommentEnd = text.lastIndexOf('-->');
  const pieces: string[] = [];
  let at = 0;
  for (let match = marker.exec(text); match; match = marker.exec(text)) {
    pieces.push(mendAmpersands(text.slice(at, match.index)));
    const isComment = match[0] === '<!--';
    // A comment that nobody closed holds the rest of the feed: only its mark goes.
    const end =
      isComment && lastCommentEnd < marker.lastIndex
        ? marker.lastIndex - 3
        : text.indexOf(isComment ? '-->' : ']]>', marker.lastIndex);
    // Cut off inside of CDATA: the item is not whole, and closeOpenTags drops it.
    if (end < 0) return pieces.join('');
    at = end + 3;
    if (!isComment) pieces.push(text.slice(match.index, at));
    marker.lastIndex = at;
  }
  return [...pieces, mendAmpersands(text.slice(at))].join('');
}

const mendAmpersands = (text: string): string => text.replace(/&(?:#x?[0-9a-f]{1,8};|([a-z][a-z0-9]{1,30});|)/gi, ampersand);

/** rss-parser tells RSS by its version: one that is absent or that it doesn't know is read as 2.0. */
function withVersion(text: string): string {
  const start = text.search(/<rss[\s>]/i);
  const end = text.indexOf('>', start);
  if (start < 0 || end < 0) return text;
  const tag = text.slice(start, end);
  if (/\sversion\s*=\s*["'](?:2|0\.9)/i.test(tag)) return text;
  const bare = tag.slice('<rss'.length).replace(/\sversion\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']*)/i, '');
  return `${text.slice(0, start)}<rss version="2.0"${bare}${text.slice(end)}`;
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

/** Cuts a doctype out before the root; text that only speaks of one, further on, stays. */
function withoutDoctype(text: string): string {
  const start = text.search(/<!DOCTYPE/i);
  if (start < 0) return text;
  const root = text.search(ROOT);
  if (root >= 0 && root < start) return text;
  const subset = text.indexOf('[', start);
  const close = text.indexOf('>', start);
  if (close < 0) return text;
  if (subset < 0 || subset > close) return text.slice(0, start) + text.slice(close + 1);
  const end = text.slice(subset, subset + MAX_DOCTYPE).search(/\]\s{0,100}>/);
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
