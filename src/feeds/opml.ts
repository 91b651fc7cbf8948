import { Parser } from 'htmlparser2';

/** An OPML file of 50,000 feeds has about this size, in characters; nobody reads more. */
const MAX_CHARACTERS = 10_000_000;
const MAX_FEEDS = 100_000;
/** Longest title that is one, in characters. */
const MAX_TITLE = 1_000;
/** More faults than anybody mends by hand; the rest are counted. */
const MAX_PROBLEMS = 1_000;

export type OpmlReading =
  | {
      kind: 'opml';
      feeds: { url: string; title?: string }[] /** Outlines that could not be used, in words. */;
      problems: string[];
    }
  | { kind: 'not-opml'; reason: string };

/** The subscriptions of an OPML file (OPML 2.0 §"Subscription lists"), in whatever folders they are. */
export function readOpml(text: string): OpmlReading {
  if (text.length > MAX_CHARACTERS) return { kind: 'not-opml', reason: `it is longer than ${MAX_CHARACTERS} characters` };
  const feeds = new Map<string, { url: string; title?: string }>();
  const problems: string[] = [];
  let untold = 0;
  const tell = (problem: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
    else untold += 1;
  };
  let root: string | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        root ??= name;
        if (name !== 'outline') return;
        const url = attributes.xmlurl?.trim();
        if (!url) return;
        const title = (attributes.title ?? attributes.text ?? '')
          .replace(/[\p{Cc}\s]+/gu, ' ')
          .trim()
          .slice(0, MAX_TITLE);
        if (!/^(https?|feed):/i.test(url) || !URL.canParse(url)) tell(`${url.slice(0, 200)}: not an http or https address`);
        else if (feeds.size >= MAX_FEEDS) tell(`${url.slice(0, 200)}: beyond the first ${MAX_FEEDS} feeds`);
        else if (!feeds.has(url)) feeds.set(url, { url, ...(title ? { title } : {}) });
      },
    },
    { xmlMode: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  parser.end(text.replace(/^\uFEFF/, ''));
  if (root !== 'opml')
    return { kind: 'not-opml', reason: root ? `it begins with <${root.slice(0, 50)}>, not with <opml>` : 'it holds no XML' };
  if (untold > 0) problems.push(`and ${untold} more that are not listed`);
  return { kind: 'opml', feeds: [...feeds.values()], problems };
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeAttribute = (text: string) =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"]/g, (mark) => ESCAPES[mark] ?? mark);

/** Feeds as an OPML 2.0 subscription list, one outline each, in the order given; `readOpml` reads it back. */
export function writeOpml(feeds: readonly { url: string; title?: string }[]): string {
  const outlines = feeds.map(
    ({ url, title }) => `    <outline type="rss" text="${escapeAttribute(title ?? url)}" xmlUrl="${escapeAttribute(url)}"/>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n    <title>Subscriptions</title>\n  </head>\n  <body>\n${outlines.join('')}  </body>\n</opml>\n`;
}
