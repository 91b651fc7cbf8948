import { parseFeedAddress } from './discover.js';
import { parseXml } from './formats/xml/parse-xml.js';

/** An OPML file of 50,000 feeds has about this size, in characters; nobody reads more. */
const MAX_CHARACTERS = 10_000_000;
const MAX_FEEDS = 100_000;
/** Longest title that is one, in characters. */
const MAX_TITLE = 1_000;
/** More faults than anybody mends by hand; the rest are counted. */
const MAX_PROBLEMS = 1_000;

/** Folders in folders beyond this are taken for the last one that counts. */
const MAX_DEPTH = 10;

/** A feed as an OPML file has it. */
export interface OpmlFeed {
  url: string;
  title?: string;
  /** The names of the folders around it, outermost first, joined by " / ". */
  folder?: string;
}

export type OpmlReading =
  | {
      kind: 'opml';
      feeds: OpmlFeed[];
      /** Outlines that could not be used, in words. */
      problems: string[];
      /** Feeds that stand more than once, and count once. */
      duplicates: string[];
    }
  | { kind: 'not-opml'; reason: string };

/** The subscriptions of an OPML file (OPML 2.0 §"Subscription lists"), in whatever folders they are. */
export function readOpml(text: string): OpmlReading {
  if (text.length > MAX_CHARACTERS) return { kind: 'not-opml', reason: `it is longer than ${MAX_CHARACTERS} characters` };
  const feeds = new Map<string, OpmlFeed>();
  // One for each open outline: the folder that its children are in.
  const open: string[] = [];
  const problems: string[] = [];
  const duplicates: string[] = [];
  let untold = 0;
  const tell = (problem: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
    else untold += 1;
  };
  let root: string | undefined;
  const reading = parseXml(text.replace(/^\uFEFF/, ''), {
    open({ name, attributes }) {
      root ??= name;
      if (name !== 'outline') return;
      const url = attributes.get('xmlurl')?.trim();
      const title = (attributes.get('title') || (attributes.get('text') ?? ''))
        .replace(/[\p{Cc}\s]+/gu, ' ')
        .trim()
        .slice(0, MAX_TITLE);
      const folder = open.at(-1) ?? '';
      open.push(
        url || open.length >= MAX_DEPTH || title === ''
          ? folder
          : [folder, title].filter(Boolean).join(' / ').slice(0, MAX_TITLE),
      );
      if (!url) {
        if (/^(rss|atom|feed)$/i.test(attributes.get('type') ?? '')) tell(`${title || 'an outline'}: it has no xmlUrl`);
        return;
      }
      const label = title && title !== url ? `${title} <${url.slice(0, 200)}>` : url.slice(0, 200);
      const address = parseFeedAddress(url);
      if (!address) tell(`${label}: not an http or https address`);
      else if (feeds.has(address)) duplicates.push(label);
      else if (feeds.size >= MAX_FEEDS) tell(`${label}: beyond the first ${MAX_FEEDS} feeds`);
      else feeds.set(address, { url: address, ...(title ? { title } : {}), ...(folder ? { folder } : {}) });
    },
    text: () => undefined,
    close({ name }) {
      if (name === 'outline') open.pop();
    },
    impliesEnd: () => false,
  });
  if (reading.kind !== 'read') return { kind: 'not-opml', reason: 'it has too many elements, or too deep in each other' };
  if (root !== 'opml')
    return { kind: 'not-opml', reason: root ? `it begins with <${root.slice(0, 50)}>, not with <opml>` : 'it holds no XML' };
  if (untold > 0) problems.push(`and ${untold} more that are not listed`);
  return { kind: 'opml', feeds: [...feeds.values()], problems, duplicates: duplicates.slice(0, MAX_PROBLEMS) };
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeAttribute = (text: string) =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"]/g, (mark) => ESCAPES[mark] ?? mark);

/** Feeds as an OPML 2.0 subscription list, in their folders, each folder where its first feed stands; `readOpml` reads it back. */
export function writeOpml(feeds: readonly OpmlFeed[]): string {
  const root: Folder = { folders: new Map(), feeds: [] };
  for (const feed of feeds) {
    let folder = root;
    for (const name of feed.folder?.split(' / ') ?? []) {
      const next = folder.folders.get(name) ?? { folders: new Map(), feeds: [] };
      folder.folders.set(name, next);
      folder = next;
    }
    folder.feeds.push(feed);
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n    <title>Subscriptions</title>\n  </head>\n  <body>\n${outlines(root, '    ')}  </body>\n</opml>\n`;
}

interface Folder {
  folders: Map<string, Folder>;
  feeds: OpmlFeed[];
}

/** Depth is bounded by readOpml, which made the folders. */
function outlines({ folders, feeds }: Folder, indent: string): string {
  const inside = [...folders].map(
    ([name, folder]) =>
      `${indent}<outline text="${escapeAttribute(name)}">\n${outlines(folder, `${indent}  `)}${indent}</outline>\n`,
  );
  const own = feeds.map(
    ({ url, title }) =>
      `${indent}<outline type="rss" text="${escapeAttribute(title ?? url)}" xmlUrl="${escapeAttribute(url)}"/>\n`,
  );
  return [...own, ...inside].join('');
}
