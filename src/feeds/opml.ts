import { Parser } from 'htmlparser2';

/** An OPML file of 100,000 feeds has about this size, in characters. */
const MAX_CHARACTERS = 50_000_000;
const MAX_FEEDS = 100_000;

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
  let root: string | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        root ??= name;
        if (name !== 'outline') return;
        const url = attributes.xmlurl?.trim();
        if (!url) return;
        const title = (attributes.title ?? attributes.text)?.trim();
        if (!/^(https?|feed):/i.test(url)) problems.push(`${url.slice(0, 200)}: not an http or https address`);
        else if (feeds.size >= MAX_FEEDS) problems.push(`${url.slice(0, 200)}: beyond the first ${MAX_FEEDS} feeds`);
        else if (!feeds.has(url)) feeds.set(url, { url, ...(title ? { title } : {}) });
      },
    },
    { xmlMode: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  parser.end(text.replace(/^\uFEFF/, ''));
  if (root !== 'opml')
    return { kind: 'not-opml', reason: root ? `it begins with <${root.slice(0, 50)}>, not with <opml>` : 'it holds no XML' };
  return { kind: 'opml', feeds: [...feeds.values()], problems };
}
