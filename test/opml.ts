import type { OpmlFeed } from '../src/feeds/opml.js';
import { OpmlReader } from '../src/feeds/read-opml.js';
import { writeOpml as writePieces } from '../src/feeds/write-opml.js';

/** Reads an OPML file in pieces of so many characters, by default as one. */
export function readOpml(text: string, pieceLength = Number.POSITIVE_INFINITY) {
  const reader = new OpmlReader();
  const feeds: OpmlFeed[] = [];
  for (let at = 0; at < text.length; at += pieceLength) feeds.push(...reader.write(text.slice(at, at + pieceLength)));
  feeds.push(...reader.end());
  return { feeds, problems: reader.problems, duplicates: reader.duplicates, refusal: reader.refusal };
}

/** Writes feeds as an OPML file, in one piece. */
export async function writeOpml(feeds: readonly OpmlFeed[]): Promise<string> {
  const places = feeds.map(({ folder }, id) => ({ id, ...(folder !== undefined && { folder }) }));
  const readPlaces = async function* () {
    yield places;
  };
  let text = '';
  const load = async (ids: readonly number[]) => new Map(ids.map((id) => [id, feeds[id] as OpmlFeed]));
  for await (const piece of writePieces(readPlaces(), load)) text += piece;
  return text;
}
