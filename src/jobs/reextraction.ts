import type { ArticleReading, ArticleRecord, FeedVersion, Page } from '../articles/article.js';
import { type CurrentRecord, type FieldChange, listChanges, settleDates } from '../articles/compare-records.js';
import { describePageProblem } from '../articles/page-problem.js';
import type { ReadInput } from '../articles/read.js';
import { present } from '../text/present.js';
import { describeStopped, MAX_SLOW_READINGS, type Stopped } from './stopped.js';

/** A stored record that is to be extracted again, with what is known about it. */
export interface RecordToExtract {
  id: number;
  url: string;
  current: CurrentRecord;
  /** What the entry says that speaks for it; absent when no entry shows it any more. */
  feed?: FeedVersion;
  /** Only the feed's own content is stored: pages that may be kept from before are not used. */
  feedOnly: boolean;
  /** When its feed's content was read last: dates that were in the future then still count as such. */
  readAt: Date;
  /** Attempts, including this one. */
  attempts: number;
}

/** A kept page, and when it was fetched. */
export interface KeptPage extends Page {
  /** Its position in the article, from 1. */
  number: number;
  fetchedAt: Date;
}

/** How a re-extraction ended, as rows have it. */
export type ReextractionOutcome = 'changed' | 'unchanged' | 'kept' | 'fault';

/** What extracting a record again comes to. */
export type Reextraction =
  | { kind: 'changed'; record: ArticleRecord; changes: FieldChange[] }
  /** The record is as this version of the extractor makes it. */
  | { kind: 'unchanged'; record: ArticleRecord }
  /** The record stays as it is, since what was found now is nothing, or less. */
  | { kind: 'kept'; reason: string }
  /** The machine may have been busy: the record is tried again. */
  | { kind: 'again'; reason: string };

/** What extracting a record again needs. */
export interface ReextractionDeps {
  loadKeptPages(recordId: number): Promise<KeptPage[]>;
  /** Extracts a page in the extraction thread. */
  readArticle(input: Omit<ReadInput, 'rule'>): Promise<ArticleReading | Stopped>;
}

/** A record keeps its text if less than this share of it is found now: the page that is kept may be a worse one than it came from. */
const MIN_SHARE_OF_TEXT = 0.5;

/** Reads a record's kept pages, or its feed's content, again, and compares. Writes nothing: the dry run is the same function. */
export async function reextract(deps: ReextractionDeps, record: RecordToExtract): Promise<Reextraction> {
  if (record.attempts > MAX_SLOW_READINGS) return { kind: 'kept', reason: 'Every attempt crashed its worker.' };
  const pages = record.feedOnly ? [] : pagesOfLastFetch(await deps.loadKeptPages(record.id));
  const missing = findMissingPages(record.current, pages.length);
  if (missing) return { kind: 'kept', reason: missing };
  const [page, ...further] = pages;
  const about = {
    url: record.url,
    feed: record.feed ?? feedVersionOf(record.current),
    now: pages.at(-1)?.fetchedAt ?? record.readAt,
  };
  return judge(record, await deps.readArticle({ ...about, ...present({ page }), ...(further.length > 0 && { further }) }));
}

/**
 * The pages that were fetched together, in order: each no earlier than the one before it. Of a longer article that became shorter, later
 * pages may be left from an earlier fetch.
 */
export function pagesOfLastFetch(pages: readonly KeptPage[]): KeptPage[] {
  const end = pages.findIndex(
    ({ number, fetchedAt }, n) => number !== n + 1 || fetchedAt < (pages[n - 1]?.fetchedAt ?? fetchedAt),
  );
  return end < 0 ? [...pages] : pages.slice(0, end);
}

function findMissingPages({ contentSource, pageCount }: CurrentRecord, kept: number): string | undefined {
  if (contentSource === 'feed') return undefined;
  if (kept === 0) return 'Its page is no longer kept.';
  return kept < pageCount ? `Only ${kept} of its ${pageCount} pages are kept.` : undefined;
}

/** What a record's feed said, as far as the record tells: nothing is lost when no entry shows it any more. */
const feedVersionOf = ({ title, authors, publishedAt, published }: CurrentRecord): FeedVersion => ({
  title,
  authors,
  ...(published?.source === 'feed' && present({ publishedAt, publishedAs: published })),
});

function judge({ current, attempts }: RecordToExtract, reading: ArticleReading | Stopped): Reextraction {
  switch (reading.kind) {
    case 'stopped': {
      const reason = describeStopped(reading.reason, 'the page');
      return reading.reason === 'too-slow' && attempts < MAX_SLOW_READINGS ? { kind: 'again', reason } : { kind: 'kept', reason };
    }
    case 'moved':
      return { kind: 'kept', reason: `The page only redirects to ${reading.to}.` };
    case 'no-content':
      return { kind: 'kept', reason: describePageProblem(reading.pageProblem) };
    case 'article':
      return compare(current, settleDates(reading.record, current), reading.pageProblem);
  }
}

function compare(
  current: CurrentRecord,
  record: ArticleRecord,
  pageProblem: Extract<ArticleReading, { kind: 'article' }>['pageProblem'],
): Reextraction {
  if (current.contentSource === 'page' && record.contentSource === 'feed')
    return { kind: 'kept', reason: describePageProblem(pageProblem ?? 'no-text') };
  const [before, after] = [current.contentText.length, record.contentText.length];
  if (after < before * MIN_SHARE_OF_TEXT) return { kind: 'kept', reason: `Of ${before} characters only ${after} were found.` };
  const changes = listChanges(current, record);
  return changes.length > 0 ? { kind: 'changed', record, changes } : { kind: 'unchanged', record };
}
