import { createHash } from 'node:crypto';
import type { FeedEntry, FeedReading, IdentityRule, ParsedFeed } from '../feeds/feed.js';
import { identify } from '../feeds/identity.js';
import { type KnownEntry, recognize } from '../feeds/recognize.js';
import { describeOutcome, toFailureCode } from '../web/describe-outcome.js';
import type { Fetched, FetchOutcome } from '../web/outcome.js';
import type { PollOutcome } from './poll-result.js';
import { describeStopped, type Stopped } from './stopped.js';
import type { FeedRow } from './subscribed-feed.js';

/** What reading a feed's document needs. */
export interface ReadDocumentDeps {
  /** Parses a document, and gives each entry its key, in the feed thread. */
  readFeed(document: {
    body: Uint8Array;
    contentType: string;
    url: string;
    now: Date;
    identity: IdentityRule;
  }): Promise<FeedReading<FeedEntry> | Stopped>;
  /** The stored entries that these may be: those with the same key, guid, link or content. */
  loadKnownEntries(feedId: number, entries: readonly FeedEntry[]): Promise<KnownEntry[]>;
  /** From now on, the feed's entries are identified by their links. */
  keyByLink(feed: FeedRow): Promise<void>;
  /** `stale`: the poll's lease ended or the feed is gone, and nothing was written. */
  addEntries(
    feed: FeedRow,
    entries: readonly FeedEntry[],
  ): Promise<{ new: number; articleIds: number[]; changed: number; leftOut: number; possibleGap: boolean } | 'stale'>;
}

/** What was fetched for a feed, read and stored. */
export type DocumentReading =
  | {
      kind: 'news' | 'steady';
      parsed: ParsedFeed;
      seen: number;
      new: number;
      /** The articles of the new entries. */
      articleIds: number[];
      leftOut: number;
      possibleGap: boolean;
      bodyHash: string;
    }
  /** `bodyHash` is absent when the server said so (304). */
  | { kind: 'unchanged'; bodyHash?: string }
  /** The poll's lease ended or the feed is gone. */
  | { kind: 'stale' }
  | { kind: 'failed'; outcome: PollOutcome; error: string };

/** A reading that is worth recording. */
export type CompleteReading = Exclude<DocumentReading, { kind: 'stale' }>;

/** Reads the document, if there is one, and stores its entries. A document with the same bytes as last time is not read again. */
export async function readDocument(
  deps: ReadDocumentDeps,
  feed: FeedRow,
  outcome: Exclude<FetchOutcome, { kind: 'moved' }>,
): Promise<DocumentReading> {
  if (outcome.kind === 'unchanged') return { kind: 'unchanged' };
  if (outcome.kind !== 'fetched') return { kind: 'failed', outcome: toFailureCode(outcome), error: describeOutcome(outcome) };
  const bodyHash = hashBody(outcome.body);
  if (bodyHash === feed.bodyHash) return { kind: 'unchanged', bodyHash };

  const { body, contentType, url } = outcome;
  const reading = await deps.readFeed({ body, contentType, url, now: feed.startedAt, identity: feed.identity });
  if (reading.kind === 'stopped')
    return { kind: 'failed', outcome: reading.reason, error: describeStopped(reading.reason, 'the document') };
  if (reading.kind === 'not-a-feed') return { kind: 'failed', outcome: 'not-a-feed', error: reading.reason };

  const entries = await recognizeEntries(deps, feed, outcome, reading.feed.entries);
  const added = await deps.addEntries(feed, entries);
  if (added === 'stale') return { kind: 'stale' };
  return {
    kind: added.new > 0 ? 'news' : 'steady',
    parsed: reading.feed,
    seen: entries.length,
    new: added.new,
    articleIds: added.articleIds,
    leftOut: added.leftOut,
    possibleGap: added.possibleGap,
    bodyHash,
  };
}

/**
 * Gives each entry that is known its known key. A feed whose guids turn out to change with every poll has its entries identified
 * by link from now on.
 */
async function recognizeEntries(
  deps: ReadDocumentDeps,
  feed: FeedRow,
  { url }: Fetched,
  entries: readonly FeedEntry[],
): Promise<FeedEntry[]> {
  const known = await deps.loadKnownEntries(feed.id, entries);
  const recognized = recognize(entries, known);
  if (!recognized.guidsChanged) return recognized.entries;
  await deps.keyByLink(feed);
  return recognize(identify(entries, url, 'link'), known).entries;
}

/** sha256 of a document, in hex. */
const hashBody = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');
