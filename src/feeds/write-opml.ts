import { escapeAttribute } from '../text/escape.js';
import { toOneLine } from './formats/plain-text.js';
import { FOLDER_SEPARATOR, MAX_FOLDER_DEPTH, OPML_NAMESPACE, type OpmlFeed, toSiteUrl } from './opml.js';
import { writeSettings } from './opml-settings.js';

/** A feed by its id, and the folder that it is in. */
export interface FeedPlace {
  id: number;
  folder?: string;
}

interface Folder {
  folders: Map<string, Folder>;
  ids: number[];
}

/** A line of the file: a feed, or the beginning or end of a folder. */
type Line = { indent: string } & ({ id: number } | { text: string });

/** Lines that are written at a time, and so feeds that are loaded: a million of them would not fit into memory. */
const BATCH_LINES = 1_000;

const createFolder = (): Folder => ({ folders: new Map(), ids: [] });

/**
 * Writes feeds as an OPML 2.0 subscription list, in their folders, with their settings in attributes of our own namespace.
 * `readOpml` reads back the same feeds. Keeps only their ids in memory, until it loads them.
 * @param places all feeds, in any batches
 * @param loadFeeds returns the given feeds by their ids. One that is missing is left out: it was removed meanwhile.
 * @returns the file in pieces
 */
export async function* writeOpml(
  places: AsyncIterable<readonly FeedPlace[]>,
  loadFeeds: (ids: readonly number[]) => Promise<ReadonlyMap<number, OpmlFeed>>,
): AsyncGenerator<string> {
  const root = createFolder();
  for await (const batch of places) for (const { id, folder } of batch) findFolder(root, folder).ids.push(id);
  yield `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:feedmill="${OPML_NAMESPACE}">
  <head>
    <title>Subscriptions</title>
  </head>
  <body>
`;
  let batch: Line[] = [];
  for (const line of listLines(root, '    ')) {
    batch.push(line);
    if (batch.length < BATCH_LINES) continue;
    yield await writeLines(batch, loadFeeds);
    batch = [];
  }
  yield `${await writeLines(batch, loadFeeds)}  </body>
</opml>
`;
}

/** The folder of this name, created if need be. */
function findFolder(root: Folder, name = ''): Folder {
  const parts = toName(name).split(FOLDER_SEPARATOR).filter(Boolean);
  const deepest = parts.splice(MAX_FOLDER_DEPTH - 1).join(FOLDER_SEPARATOR);
  let folder = root;
  for (const part of deepest ? [...parts, deepest] : parts) {
    const next = folder.folders.get(part) ?? createFolder();
    folder.folders.set(part, next);
    folder = next;
  }
  return folder;
}

/** Folders are nested no deeper than MAX_FOLDER_DEPTH, so the recursion is safe. */
function* listLines({ folders, ids }: Folder, indent: string): Generator<Line> {
  for (const id of ids) yield { indent, id };
  for (const [name, folder] of folders) {
    yield { indent, text: `<outline text="${toAttribute(name)}">` };
    yield* listLines(folder, `${indent}  `);
    yield { indent, text: '</outline>' };
  }
}

async function writeLines(lines: readonly Line[], loadFeeds: Parameters<typeof writeOpml>[1]): Promise<string> {
  const feeds = await loadFeeds(lines.flatMap((line) => ('id' in line ? [line.id] : [])));
  const texts = lines.map((line) => {
    if ('text' in line) return `${line.indent}${line.text}\n`;
    const feed = feeds.get(line.id);
    return feed ? `${line.indent}${writeFeed(feed)}\n` : '';
  });
  return texts.join('');
}

function writeFeed(feed: OpmlFeed): string {
  const { url, title, siteUrl } = feed;
  const attributes: (readonly [string, string | undefined])[] = [
    ['type', 'rss'],
    ['text', toName(title ?? '') || url],
    ['xmlUrl', url],
    ['htmlUrl', toSiteUrl(siteUrl)],
    ...writeSettings(feed).map(([name, value]) => [`feedmill:${name}`, value] as const),
  ];
  const written = attributes.flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${toAttribute(value)}"`]));
  return `<outline${written.join('')}/>`;
}

/** Text without the characters that XML forbids (XML 1.0 §2.2), which a title may hold. */
const dropForbidden = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');

/** A title or the name of a folder, as `readOpml` reads it. */
const toName = (text: string): string => toOneLine(dropForbidden(text));

const toAttribute = (text: string): string => escapeAttribute(dropForbidden(text));
