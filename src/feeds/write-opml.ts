import { escapeAttribute } from '../text/escape.js';
import { toOneLine } from './formats/plain-text.js';
import { FOLDER_SEPARATOR, MAX_FOLDER_DEPTH, OPML_NAMESPACE, type OpmlFeed, toSiteUrl } from './opml.js';
import { writeSettings } from './opml-settings.js';

interface Folder {
  folders: Map<string, Folder>;
  feeds: OpmlFeed[];
}

const createFolder = (): Folder => ({ folders: new Map(), feeds: [] });

/**
 * Writes feeds as an OPML 2.0 subscription list, in their folders, with their settings in attributes of our own namespace.
 * `readOpml` reads back the same feeds.
 */
export function writeOpml(feeds: readonly OpmlFeed[]): string {
  const root = createFolder();
  for (const feed of feeds) findFolder(root, feed.folder).feeds.push(feed);
  return `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:feedmill="${OPML_NAMESPACE}">
  <head>
    <title>Subscriptions</title>
  </head>
  <body>
${writeOutlines(root, '    ')}  </body>
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
function writeOutlines({ folders, feeds }: Folder, indent: string): string {
  const folderOutlines = [...folders].map(([name, folder]) => {
    const inside = writeOutlines(folder, `${indent}  `);
    return `${indent}<outline text="${toAttribute(name)}">\n${inside}${indent}</outline>\n`;
  });
  return [...feeds.map((feed) => `${indent}${writeFeed(feed)}\n`), ...folderOutlines].join('');
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
