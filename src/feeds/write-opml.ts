import { escapeAttribute } from '../text/escape.js';
import { FOLDER_SEPARATOR, type OpmlFeed } from './opml.js';

interface Folder {
  folders: Map<string, Folder>;
  feeds: OpmlFeed[];
}

const createFolder = (): Folder => ({ folders: new Map(), feeds: [] });

/** Writes feeds as an OPML 2.0 subscription list, in their folders. `readOpml` reads back the same feeds. */
export function writeOpml(feeds: readonly OpmlFeed[]): string {
  const root = createFolder();
  for (const feed of feeds) findFolder(root, feed.folder).feeds.push(feed);
  return `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Subscriptions</title>
  </head>
  <body>
${writeOutlines(root, '    ')}  </body>
</opml>
`;
}

/** The folder of this name, created if need be. */
function findFolder(root: Folder, name: string | undefined): Folder {
  let folder = root;
  for (const part of name?.split(FOLDER_SEPARATOR) ?? []) {
    const next = folder.folders.get(part) ?? createFolder();
    folder.folders.set(part, next);
    folder = next;
  }
  return folder;
}

/** Folders are nested no deeper than readOpml allows, so the recursion is safe. */
function writeOutlines({ folders, feeds }: Folder, indent: string): string {
  const feedOutlines = feeds.map(
    ({ url, title }) => `${indent}<outline type="rss" text="${toAttribute(title ?? url)}" xmlUrl="${toAttribute(url)}"/>\n`,
  );
  const folderOutlines = [...folders].map(([name, folder]) => {
    const inside = writeOutlines(folder, `${indent}  `);
    return `${indent}<outline text="${toAttribute(name)}">\n${inside}${indent}</outline>\n`;
  });
  return [...feedOutlines, ...folderOutlines].join('');
}

/** Drops the characters that XML forbids (XML 1.0 §2.2), which a title may hold, and escapes the rest. */
const toAttribute = (text: string): string =>
  escapeAttribute(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''));
