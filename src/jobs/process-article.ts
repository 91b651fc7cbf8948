import type { ArticleRecord } from '../articles/article.js';
import { MAX_ATTEMPTS, nextTry } from '../articles/retry-and-revisit.js';
import type { HostVerdict } from '../hosts/host-wait.js';
import { present } from '../text/present.js';
import { describeOutcome, toFailureCode } from '../web/describe-outcome.js';
import { type FailedFetch, isFailure, isTransient } from '../web/outcome.js';
import type { ArticleChange, Problem } from './article-change.js';
import { type ArticleContentDeps, nextDue, readContent } from './article-content.js';
import { keepRecord, type RevisitDeps, scheduleRevisit } from './article-revisit.js';
import type { Written } from './leased-row.js';
import type { PendingArticle } from './pending-article.js';
import type { JobHandler } from './queues.js';
import type { ArticleReport } from './reports.js';
import { type RequestDeps, type TurnResult, useTurn } from './request.js';
import { type StopwatchDeps, startRowClock } from './row-clock.js';

/** What processing an article needs. */
export interface ProcessArticleDeps extends Omit<RequestDeps & ArticleContentDeps & RevisitDeps, 'now'>, StopwatchDeps {
  /** Starts an attempt at an article; undefined when there is nothing to do, or the claim is stale. */
  startArticle(id: number): Promise<PendingArticle | undefined>;
  recordArticle(article: PendingArticle, change: ArticleChange, verdict: HostVerdict): Promise<Written>;
}

/**
 * Turns an article into a record: robots.txt → GET its page → extract → keep the better of page and feed.
 * A host's turn allows one request. After reading robots.txt, at a redirect, or when there is another page, the article waits for
 * its next turn.
 */
export const processArticle =
  (outerDeps: ProcessArticleDeps): JobHandler<ArticleReport> =>
  async ({ id }, onStart) => {
    const article = await outerDeps.startArticle(id);
    if (!article) return { status: 'nothing-to-do', articleId: id };
    onStart?.(article);
    const deps = { ...outerDeps, now: startRowClock(outerDeps, article) };

    const turn = await usePageTurn(deps, article);
    const found = await findChange(deps, article, turn);
    const change = scheduleRevisit(deps, article, article.revisit ? keepRecord(found) : found, findValidators(article, turn));
    const written = await deps.recordArticle(article, change, 'verdict' in turn ? turn.verdict : {});
    return written === 'stale' ? { status: 'stale', articleId: id, url: article.url } : reportChange(article, change, deps.now());
  };

type PageTurn =
  | TurnResult
  /** The feed's content is kept, and no page is fetched. */
  | { kind: 'no-page' }
  /** Every attempt crashed its worker. */
  | { kind: 'crashed' };

/** What the work on a started article needs: the clock came with its row. */
type StartedDeps = ProcessArticleDeps & Pick<RequestDeps, 'now'>;

async function usePageTurn(deps: StartedDeps, article: PendingArticle): Promise<PageTurn> {
  if (!article.turn) return { kind: 'no-page' };
  if (article.attempts > MAX_ATTEMPTS) return { kind: 'crashed' };
  return useTurn(deps, {
    url: article.pageUrl,
    turn: article.turn,
    redirects: article.redirects,
    obeyRobots: !article.ignoreRobots,
    // A later page is not what the validators belong to.
    validators: article.pagesKept === 0 ? article.revisit?.validators : undefined,
  });
}

const CRASHED: Problem = { kind: 'crashed', text: 'Every attempt at the page crashed its worker. We leave the page alone.' };

async function findChange(deps: StartedDeps, article: PendingArticle, turn: PageTurn): Promise<ArticleChange> {
  switch (turn.kind) {
    case 'no-page':
      return readContent(deps, article, {});
    case 'crashed':
      return readContent(deps, article, { problem: CRASHED });
    case 'robots-first':
      return { kind: 'robots-first', dueAt: nextDue(deps, article, turn.next.host), host: turn.next.host };
    case 'redirected': {
      const { host, to } = turn.next;
      return { kind: 'redirected', dueAt: nextDue(deps, article, host), to: { url: to.url, host } };
    }
    case 'uncounted':
      return { kind: 'uncounted', dueAt: turn.dueAt, problem: toProblem(turn.outcome) };
    case 'answered':
      return findChangeOfAnswer(deps, article, turn.outcome);
  }
}

async function findChangeOfAnswer(
  deps: StartedDeps,
  article: PendingArticle,
  outcome: Extract<TurnResult, { kind: 'answered' }>['outcome'],
): Promise<ArticleChange> {
  if (outcome.kind === 'unchanged') return article.revisit ? { kind: 'unchanged' } : readContent(deps, article, {});
  if (!isFailure(outcome)) {
    const { url, contentType, body, encoded } = outcome;
    return readContent(deps, article, { page: { url, contentType, body }, ...present({ encoded }) });
  }
  const problem = toProblem(outcome);
  const dueAt = planRetry(deps, article, outcome);
  if (dueAt) return { kind: 'retry', dueAt, host: deps.toHostKey(article.pageUrl), problem };
  return readContent(deps, article, { problem });
}

/** When to try a page that failed again. Null: never. */
function planRetry({ now, random, retryBaseMs }: RequestDeps, { attempts }: PendingArticle, outcome: FailedFetch): Date | null {
  if (!isTransient(outcome)) return null;
  const retryAfterMs = outcome.kind === 'throttled' ? outcome.retryAfterMs : undefined;
  return nextTry({ attempts, now: now(), random, retryBaseMs, ...present({ retryAfterMs }) });
}

const toProblem = (outcome: FailedFetch): Problem => ({ kind: toFailureCode(outcome), text: describeOutcome(outcome) });

/** The validators for the next revisit: those of this answer, else those of the last one. */
const findValidators = (article: PendingArticle, turn: PageTurn) =>
  turn.kind === 'answered' && turn.outcome.kind === 'fetched' ? turn.outcome.validators : (article.revisit?.validators ?? {});

function reportChange(article: PendingArticle, change: ArticleChange, now: Date): ArticleReport {
  const about = { articleId: article.id, url: article.url };
  switch (change.kind) {
    case 'stored': {
      const { contentSource, wordCount: words, language, siteName, title } = change.record;
      const site = siteName ?? article.feedTitle ?? article.turn?.host;
      const delayMs = findDelay(article, change.record, now);
      return {
        status: 'stored',
        ...about,
        contentSource,
        words,
        title,
        ...present({ delayMs, language, site }),
        ...explain(change),
      };
    }
    case 'unchanged':
      return { status: 'revisited', ...about };
    case 'redirected':
    case 'next-page':
      return { status: 'moved', ...about };
    case 'robots-first':
      return { status: 'later', ...about };
    case 'retry':
    case 'uncounted':
      return { status: 'later', ...about, ...explain(change) };
    case 'failed':
      return { status: 'failed', ...about, problem: change.problem.kind, error: change.problem.text };
  }
}

/** How long after its publication an article is first stored, in ms; undefined where that does not show how fast we are. */
function findDelay({ storedAt, subscribedAt }: PendingArticle, { publishedAt }: ArticleRecord, now: Date): number | undefined {
  if (storedAt || !publishedAt || !subscribedAt || publishedAt < subscribedAt) return undefined;
  return Math.max(0, now.getTime() - publishedAt.getTime());
}

const explain = ({ problem }: { problem?: Problem }) => present({ problem: problem?.kind, error: problem?.text });
