import type { OpmlFeed } from '../src/feeds/opml.js';
import { OpmlReader } from '../src/feeds/read-opml.js';

/** Reads an OPML file in pieces of so many characters, by default as one. */
export function readOpml(text: string, pieceLength = Number.POSITIVE_INFINITY) {
  const reader = new OpmlReader();
  const feeds: OpmlFeed[] = [];
  for (let at = 0; at < text.length; at += pieceLength) feeds.push(...reader.write(text.slice(at, at + pieceLength)));
  feeds.push(...reader.end());
  return { feeds, problems: reader.problems, duplicates: reader.duplicates, refusal: reader.refusal };
}
