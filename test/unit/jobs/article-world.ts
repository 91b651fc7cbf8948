import type { ArticleReading, Page } from '../../../src/articles/article.js';
import type { HostVerdict } from '../../../src/hosts/host-wait.js';
import type { ArticleChange } from '../../../src/jobs/article-change.js';
import type { PendingArticle } from '../../../src/jobs/pending-article.js';
import { type ProcessArticleDeps, processArticle } from '../../../src/jobs/process-article.js';
import type { Stopped } from '../../../src/jobs/stopped.js';
import type { FetchOutcome, FetchRequest } from '../../../src/web/outcome.js';
import { articleRecord, fetched, toHostKey } from '../../builders.js';

export const NOW = new Date('2026-03-01T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const later = (ms: number, from = NOW) => new Date(from.getTime() + ms);
/** Sorts before the due times of all other rows. */
export const FIRST_IN_LINE = new Date(0);

export const URL_1 = 'https://a.example/1';
export const page = fetched('', { url: URL_1, validators: { etag: '"2"' } });
export const record = articleRecord();
export const feedRecord = articleRecord({ contentSource: 'feed', pageCount: 0 });
export const read = { kind: 'article', record } satisfies ArticleReading;
export const readFromFeed = { kind: 'article', record: feedRecord } satisfies ArticleReading;
export const unreachable: FetchOutcome = { kind: 'unreachable', cause: 'dns', code: 'ENOTFOUND' };

export const fresh: PendingArticle = {
  id: 1,
  url: URL_1,
  leaseEnd: NOW,
  startedAt: NOW,
  turn: { host: 'a.example', leaseEnd: NOW },
  pageUrl: URL_1,
  redirects: 0,
  pagesKept: 0,
  ignoreRobots: true,
  attempts: 1,
  feedTitle: 'The Feed',
  feed: { authors: [], title: 'As the feed has it' },
};
/** Stored an hour ago from its page, and due for a revisit. */
export const stored: PendingArticle = { ...fresh, storedAt: later(-HOUR), revisit: { validators: { etag: '"1"' } } };

/** The article without one of its optional fields. */
export const without = (field: 'turn' | 'feedTitle', { [field]: _, ...article }: PendingArticle): PendingArticle => article;

export interface World {
  article?: PendingArticle | undefined;
  outcome?: FetchOutcome;
  /** What the extraction thread returns, the last one again and again. */
  readings?: (ArticleReading | Stopped)[];
  keptPages?: Page[];
  deps?: Partial<ProcessArticleDeps>;
}

/** Processes an article whose page answers `outcome`, and logs what was asked for and recorded. */
export async function process({ article = fresh, outcome = page, readings = [read], keptPages = [], deps = {} }: World) {
  const requests: [string, FetchRequest | undefined][] = [];
  const inputs: Parameters<ProcessArticleDeps['readArticle']>[0][] = [];
  const saved: [number, string][] = [];
  let change: ArticleChange | undefined;
  let verdict: HostVerdict | undefined;
  const report = await processArticle({
    startArticle: async () => article,
    recordArticle: async (_, ...recorded) => {
      [change, verdict] = recorded;
      return 'written';
    },
    fetchUrl: async (url, request) => {
      requests.push([url, request]);
      return outcome;
    },
    readArticle: async (input) => {
      inputs.push(input);
      return readings[Math.min(inputs.length, readings.length) - 1] ?? read;
    },
    savePage: async (_, number, { url }) => void saved.push([number, url]),
    loadPages: async () => keptPages,
    keepsPages: false,
    loadRobots: async () => ({}),
    saveRobots: async () => undefined,
    inOutage: async () => false,
    toHostKey,
    monotonicMs: () => 0,
    random: () => 0.5,
    userAgent: 'Test/1',
    retryBaseMs: MINUTE,
    revisitDelays: [HOUR, 6 * HOUR],
    ...deps,
  })({ id: 1 });
  return { change, verdict, request: requests[0]?.[1], requests, report, inputs, saved };
}
