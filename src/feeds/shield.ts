/** What rss-parser would take apart itself, in quadratic time (its snippets) or refusing the feed for one bad date. */
const HIDDEN = ['published', 'updated', 'description', 'summary', 'content:encoded', 'content'];
/** Atom's text constructs that may hold XHTML (RFC 4287 §3.1, §4.1.3). */
const TEXT_CONSTRUCTS = ['title', 'subtitle', 'summary', 'content'];
const XHTML_TYPE = /\stype\s*=\s*["'](?:xhtml|application\/xhtml\+xml)["']/i;

/**
 * Well-formed XML for rss-parser: elements of which it would make something of its own get the name `fm-…`, and inline
 * XHTML becomes text (as CDATA), since a tree of elements by name loses their order. Takes linear time.
 */
export function shieldElements(xml: string): string {
  const marker = /<!\[CDATA\[|<(\/?)(published|updated|description|subtitle|summary|content:encoded|content|title)(?=[\s>/])/g;
  // Known before the loop, so that many start tags without an end are not each looked for to the end of the text.
  const lastEnds = new Map(TEXT_CONSTRUCTS.map((name) => [name, xml.lastIndexOf(`</${name}>`)]));
  const pieces: string[] = [];
  let at = 0;
  for (let match = marker.exec(xml); match; match = marker.exec(xml)) {
    const [mark, slash, name] = match;
    pieces.push(xml.slice(at, match.index));
    at = marker.lastIndex;
    if (name === undefined) {
      const end = xml.indexOf(']]>', at);
      if (end < 0) return [...pieces, xml.slice(match.index)].join('');
      pieces.push(xml.slice(match.index, end + 3));
      at = end + 3;
    } else {
      pieces.push(HIDDEN.includes(name) ? `<${slash}fm-${name}` : mark);
      const inline = slash === '' && (lastEnds.get(name) ?? -1) > at ? inlineXhtml(xml, at, name) : undefined;
      if (inline) {
        pieces.push(inline.text);
        at = inline.end;
      }
    }
    marker.lastIndex = at;
  }
  return [...pieces, xml.slice(at)].join('');
}

/** The rest of a start tag that announces XHTML, and what it holds as CDATA; `end` is where its end tag starts. */
function inlineXhtml(xml: string, at: number, name: string): { text: string; end: number } | undefined {
  // Not past the next `<`, so that start tags that never end are not each read to the end of the document.
  const rest = /[^<>]*>/y;
  rest.lastIndex = at;
  const tag = rest.exec(xml)?.[0];
  if (tag === undefined || tag.endsWith('/>') || !XHTML_TYPE.test(tag)) return undefined;
  const start = at + tag.length;
  const end = xml.indexOf(`</${name}>`, start);
  if (end < 0) return undefined;
  const markup = xml
    .slice(start, end)
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;'));
  return { text: `${tag}<![CDATA[${markup.replaceAll(']]>', ']]&gt;')}]]>`, end };
}
