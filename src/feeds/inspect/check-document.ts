import { type Finding, findingAt, findingIf } from './finding.js';

const FEED_TYPES = 'application/rss+xml, application/atom+xml, application/feed+json';

/** Checks that the Content-Type header names a media type of feeds. */
export const checkMediaType = (contentType: string): Finding[] =>
  findingIf(
    !/\b(xml|json)\b/i.test(contentType),
    'content-type',
    `The server sends it as ${contentType.split(';')[0]}, which is not a media type of feeds (${FEED_TYPES}). The type was ignored.`,
  );

/** How much of a document is searched for an encoding declaration, in characters. */
const HEAD_LENGTH = 500;

/** Characters shown before one that is damaged. */
const BEFORE_DAMAGE = 30;

/** Compares the encodings that the header and the document declare with the one in which the document was read. */
export function checkEncoding(contentType: string, text: string, encoding: string): Finding[] {
  const inHeader = /charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1]?.toLowerCase();
  const inDocument = /^\W*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(text.slice(0, HEAD_LENGTH))?.[1]?.toLowerCase();
  const declared = inHeader ?? inDocument;
  const isUtf8 = (label: string) => /^(utf-?8|us-ascii|ascii)$/.test(label);
  return [
    ...findingIf(
      inHeader !== undefined && inDocument !== undefined && inHeader !== inDocument,
      'encodings-differ',
      `The server declares the encoding ${inHeader}, the document declares ${inDocument}.`,
    ),
    ...findingIf(
      declared !== undefined && isUtf8(declared) !== isUtf8(encoding),
      'encoding-wrong',
      `The declared encoding is ${declared}, but the text is not in it. It was read as ${encoding}.`,
    ),
    ...findingIf(
      declared === undefined && !/^utf-/.test(encoding),
      'encoding-missing',
      `No encoding is declared. The text was read as ${encoding}, which was guessed.`,
    ),
    ...findingAt(
      'characters-damaged',
      'Bytes that are not characters were replaced by the replacement character (\uFFFD).',
      [...text.matchAll(/\uFFFD+/g)].map(({ index }) => text.slice(Math.max(0, index - BEFORE_DAMAGE), index + 1)),
    ),
  ];
}

/** Faults that no XML parser needs to repair. Comments and CDATA are skipped, since they may hold anything. */
export function checkMarkup(source: string): Finding[] {
  const text = withoutSections(source);
  const before = text.slice(0, Math.max(0, text.indexOf('<'))).replace(/^\uFEFF/, '');
  return [
    ...findingIf(
      /\S/.test(before) || (before !== '' && /^\s*<\?xml/.test(text)),
      'before-the-document',
      'There is text before the first tag, where XML allows none. It was dropped.',
    ),
    ...findingAt(
      'relative-link',
      'A link is relative. It was resolved against the URL of the site or of the feed.',
      [...text.matchAll(/<link\b([^<>]*)>?([^<]*)/g)]
        .map(([, attributes = '', inside = '']) => /\bhref\s*=\s*["']([^"']*)/.exec(attributes)?.[1] ?? inside)
        .filter((link) => /\S/.test(link) && !/^\s*[a-z][a-z0-9+.-]*:/i.test(link)),
    ),
  ];
}

/** The ends of comments and CDATA sections, by their beginnings. */
const SECTION_ENDS: Record<string, string> = { '<!--': '-->', '<![CDATA[': ']]>' };

/** A document without its comments and CDATA sections. Once an end is missing, it is not looked for again: linear time. */
function withoutSections(source: string): string {
  const kept: string[] = [];
  const unclosed = new Set<string>();
  let at = 0;
  for (const { index, 0: beginning } of source.matchAll(/<!--|<!\[CDATA\[/g)) {
    if (index < at || unclosed.has(beginning)) continue;
    const end = SECTION_ENDS[beginning] ?? '>';
    const close = source.indexOf(end, index + beginning.length);
    if (close < 0) {
      unclosed.add(beginning);
      continue;
    }
    kept.push(source.slice(at, index));
    at = close + end.length;
  }
  return kept.join('') + source.slice(at);
}
