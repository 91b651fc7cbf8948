import type { ArticleReading, Page } from '../articles/article.js';
import { describePageProblem } from '../articles/page-problem.js';
import type { ReadInput } from '../articles/read.js';
import { MAX_PAGES, nextTry } from '../articles/retry-and-revisit.js';
import { present } from '../text/present.js';
import { describeOutcome } from '../web/describe-outcome.js';
import { type EncodedBody, MAX_REDIRECTS } from '../web/outcome.js';
import type { ArticleChange, PageAddress, Problem } from './article-change.js';
import type { PendingArticle } from './pending-article.js';
import { describeStopped, MAX_SLOW_READINGS, type Stopped } from './stopped.js';

/** What reading an article's content needs. */
export interface ArticleContentDeps {
  /** Extracts a page in the extraction thread. */
  readArticle(input: Omit<ReadInput, 'rule'>): Promise<ThreadReading>;
  /** Pages are kept while the other pages of their article are fetched; with `keepsPages`, those of all articles are kept. */
  savePage(article: PendingArticle, number: number, page: Page, encoded?: EncodedBody): Promise<void>;
  loadPages(articleId: number): Promise<Page[]>;
  keepsPages: boolean;
  toHostKey(url: string): string;
  now(): Date;
  /** From 0 to 1. */
  random(): number;
  /** The unit of the waits between attempts, in ms. */
  retryBaseMs: number;
}

type ThreadReading = ArticleReading | Stopped;

/** What was fetched, or why nothing was. Without a page and without a problem, no page was wanted. */
export interface FetchedPage {
  page?: Page;
  /** The body of the page as it was transferred, to be kept in that form. */
  encoded?: EncodedBody;
  problem?: Problem;
}

/**
 * Reads the page that was fetched, together with the pages that were kept before it, and with the feed's version of the article.
 * @returns a record from the page, else from the feed, else a failure; or where the article continues.
 */
export async function readContent(
  deps: ArticleContentDeps,
  article: PendingArticle,
  { page, encoded, problem }: FetchedPage,
): Promise<ArticleChange> {
  const about = { url: article.url, feed: article.feed, now: deps.now() };
  const earlier = article.pagesKept > 0 ? (await deps.loadPages(article.id)).slice(0, article.pagesKept) : [];
  const number = earlier.length + 1;
  // A later page is only read to find the page after it. The feed's version is compared with all pages together.
  const feed = earlier.length > 0 ? { authors: [] } : article.feed;
  const reading = await deps.readArticle(page ? { ...about, feed, page, number } : about);

  const again = planReading(deps, article, reading);
  if (again) return again;
  if (reading.kind === 'moved' && article.redirects < MAX_REDIRECTS)
    return { kind: 'redirected', ...continueAt(deps, article, reading.to) };
  const nextPage = reading.kind === 'article' && number < MAX_PAGES ? reading.nextPage : undefined;
  if (page && (nextPage || deps.keepsPages) && reading.kind !== 'stopped') await deps.savePage(article, number, page, encoded);
  if (nextPage) return { kind: 'next-page', ...continueAt(deps, article, nextPage), pagesKept: number };

  const pages = page && reading.kind === 'article' ? [...earlier, page] : earlier;
  const whole = earlier.length > 0 ? await readTogether(deps, about, pages) : reading;
  const wholeAgain = planReading(deps, article, whole);
  if (wholeAgain) return wholeAgain;
  return conclude(
    deps,
    about,
    whole,
    present({ problem: page ? findProblem(reading) : problem, firstPage: findAddress(deps, earlier[0]) }),
  );
}

/**
 * Tries an article again whose reading was stopped for taking too long, since the machine may have been busy. Undefined when it was not,
 * or when it is too slow for good.
 */
function planReading(deps: ArticleContentDeps, article: PendingArticle, reading: ThreadReading): ArticleChange | undefined {
  if (reading.kind !== 'stopped' || reading.reason !== 'too-slow') return undefined;
  const { attempts, lastProblem, turn } = article;
  if (attempts >= MAX_SLOW_READINGS && lastProblem === 'too-slow') return undefined;
  const dueAt = nextTry({ attempts, now: deps.now(), random: deps.random, retryBaseMs: deps.retryBaseMs });
  const problem = describeStoppedPage(reading);
  return dueAt ? { kind: 'retry', dueAt, problem, ...(turn && { host: deps.toHostKey(article.pageUrl) }) } : undefined;
}

const describeStoppedPage = ({ reason }: Stopped): Problem => ({ kind: reason, text: describeStopped(reason, 'the page') });

/** Reads all pages of an article as one. */
function readTogether(
  deps: ArticleContentDeps,
  about: Pick<ReadInput, 'url' | 'feed' | 'now'>,
  [first, ...further]: readonly Page[],
): Promise<ThreadReading> {
  return deps.readArticle(first ? { ...about, page: first, further } : about);
}

/** Makes a change of the last reading. If it was stopped, or leads nowhere, what the feed says is read instead. */
async function conclude(
  deps: ArticleContentDeps,
  about: Pick<ReadInput, 'url' | 'feed' | 'now'>,
  reading: ThreadReading,
  { problem, firstPage }: { problem?: Problem; firstPage?: PageAddress },
): Promise<ArticleChange> {
  const last = reading.kind === 'stopped' || reading.kind === 'moved' ? await deps.readArticle(about) : reading;
  if (last.kind === 'article') return { kind: 'stored', record: last.record, ...present({ problem, firstPage }) };
  return { kind: 'failed', problem: problem ?? NO_TEXT, ...present({ firstPage }) };
}

const NO_TEXT: Problem = { kind: 'no-text', text: 'Neither the page nor the feed has any text.' };
const REDIRECT_LOOP: Problem = {
  kind: 'redirect-loop',
  text: describeOutcome({ kind: 'bad-content', reason: 'redirect-loop' }),
};

/** Why a page that was fetched gave no content; undefined when it gave some. */
function findProblem(reading: ThreadReading): Problem | undefined {
  switch (reading.kind) {
    case 'moved':
      return REDIRECT_LOOP;
    case 'stopped':
      return describeStoppedPage(reading);
    default:
      return reading.pageProblem && { kind: reading.pageProblem, text: describePageProblem(reading.pageProblem) };
  }
}

const findAddress = (deps: ArticleContentDeps, page: Page | undefined): PageAddress | undefined =>
  page && { url: page.url, host: deps.toHostKey(page.url) };

/** An article whose next request goes to `url`. */
const continueAt = (deps: ArticleContentDeps, article: PendingArticle, url: string): { dueAt: Date; to: PageAddress } => {
  const to = { url, host: deps.toHostKey(url) };
  return { to, dueAt: nextDue(deps, article, to.host) };
};

/** Earlier than any other row, so that an article that is under way goes first at its host's next turn (db/claim.ts). */
const FIRST_IN_LINE = new Date(0);

/**
 * When an article that is under way is due for its next request. At the same host it goes before the backlog, since it had its
 * turn already; at another host it must not delay that host's own pages, and is due like any new article.
 */
export const nextDue = (deps: Pick<ArticleContentDeps, 'now'>, { turn }: PendingArticle, host: string): Date =>
  turn?.host === host ? FIRST_IN_LINE : deps.now();
