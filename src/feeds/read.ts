import { decode } from '../text/decode.js';
import type { FeedEntry, FeedReading, IdentityRule } from './feed.js';
import { readJsonFeed } from './formats/json-feed.js';
import { readUnifiedFeed } from './formats/rss-parser-bridge.js';
import { toUnifiedFeed } from './formats/unified/to-unified-feed.js';
import { identify } from './identity.js';
import { limitFeed } from './limit-feed.js';

/** Characters at the start of a document that show what it is. */
const HEAD_LENGTH = 2_000;

/** What was fetched of a feed. */
export interface FeedDocument {
  body: Uint8Array;
  contentType: string;
  url: string;
  /** Dates after this are no dates of entries. It is the database's clock for a poll, and this machine's without one. */
  now?: Date;
}

/**
 * Reads the feed in a document: decode → JSON Feed, or XML → unified feed → rss-parser → our types → limits of fields. A document
 * that is not a feed gets one sentence that says why; nothing that a document holds makes this throw.
 */
export async function readFeed(document: FeedDocument): Promise<FeedReading> {
  const { now = new Date() } = document;
  const { text } = decode(document.body, document.contentType, 'xml');
  const head = text.slice(0, HEAD_LENGTH).trimStart();
  if (head === '') return refuse('The document is empty.');
  const isJson = /^\uFEFF?\s*[{[]/.test(head);
  return isJson ? readJson(text, document.url, now) : readXml(text, document.url, now);
}

/** Reads the feed in a document as `readFeed` does, and gives each of its entries a key. */
export async function readIdentifiedFeed(document: FeedDocument & { identity: IdentityRule }): Promise<FeedReading<FeedEntry>> {
  const reading = await readFeed(document);
  if (reading.kind !== 'feed') return reading;
  const { feed } = reading;
  return { kind: 'feed', feed: { ...feed, entries: identify(feed.entries, document.url, document.identity) } };
}

const refuse = (reason: string): Extract<FeedReading, { kind: 'not-a-feed' }> => ({ kind: 'not-a-feed', reason });

/**
 * Objects and lists in a JSON document. A feed of as many items as we keep has a fraction of this; parsing more would fill the
 * memory.
 */
const MAX_JSON_NODES = 500_000;
const TOO_MANY_ELEMENTS = `The document has more than ${MAX_JSON_NODES} elements, which no feed needs.`;

/** Brackets inside texts count too, which real feeds do not notice. */
function hasTooManyNodes(json: string): boolean {
  const bracket = /[{[]/g;
  for (let count = 0; bracket.test(json); count += 1) if (count > MAX_JSON_NODES) return true;
  return false;
}

function readJson(text: string, url: string, now: Date): FeedReading {
  if (hasTooManyNodes(text)) return refuse(TOO_MANY_ELEMENTS);
  try {
    const feed = readJsonFeed(JSON.parse(text.replace(/^\uFEFF/, '')), url, now);
    return feed
      ? { kind: 'feed', feed: limitFeed(feed) }
      : refuse('The document is JSON, but not a JSON Feed: it has no list of items.');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse('The document looks like JSON, but is broken.');
  }
}

async function readXml(text: string, url: string, now: Date): Promise<FeedReading> {
  const unified = toUnifiedFeed(text, url, now);
  switch (unified.kind) {
    case 'feed':
      return { kind: 'feed', feed: limitFeed(await readUnifiedFeed(unified, url)) };
    case 'too-many-elements':
      return refuse(TOO_MANY_ELEMENTS);
    case 'too-deep':
      return refuse('The elements of the document are nested too deeply.');
    case 'cut':
      return refuse('The document starts like a feed, but ends before there is anything to read.');
    case 'no-root':
      return refuse(
        looksLikeHtml(text) ? 'The document is a web page, not a feed.' : 'The document is neither RSS, Atom, RDF nor JSON Feed.',
      );
  }
}

const looksLikeHtml = (text: string): boolean => /<(!doctype html|html|head|body)[\s>]/i.test(text.slice(0, HEAD_LENGTH));
