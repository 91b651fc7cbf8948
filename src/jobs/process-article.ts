import type { ArticleReading, Page, PageProblem } from '../articles/article.js';
import type { ReadInput } from '../articles/read.js';
import { MAX_ATTEMPTS, MAX_PAGES, nextRevisit, nextTry } from '../articles/schedule.js';
import { type CheckRobotsDeps, checkRobots, type RobotsDecision } from '../hosts/check-robots.js';
import { hostVerdict } from '../hosts/verdict.js';
import { describeOutcome, outcomeCode } from '../web/describe-outcome.js';
import { type FailedFetch, type FetchOutcome, isTransient, MAX_REDIRECTS } from '../web/outcome.js';
import type { ArticleChange } from './article-change.js';
import type { PendingArticle } from './pending-article.js';
import type { JobHandler } from './queues.js';
import { type NextRequest, OUTAGE_WAIT_MS } from './request.js';
import type { Stopped } from './stopped.js';

/** What the extraction thread says: a reading, or that it had to be stopped. */
type ThreadReading = ArticleReading | Stopped;

export interface ProcessArticleDeps extends CheckRobotsDeps {
  startArticle(id: number): Promise<PendingArticle | undefined>;
  readArticle(input: Omit<ReadInput, 'rule'>): Promise<ThreadReading>;
  /** Pages are kept while an article of several is fetched, and those of all articles where `keepsPages`. */
  savePage(articleId: number, number: number, page: Page): Promise<void>;
  loadPages(articleId: number): Promise<Page[]>;
  keepsPages: boolean;
  recordArticle(article: PendingArticle, change: ArticleChange): Promise<void>;
  /** Whether most hosts fail just now, so that the fault is ours. */
  inOutage(): Promise<boolean>;
  random(): number;
  retryBaseMs: number;
  /** Fresh pages are looked at again so long after they were stored, in ms. */
  revisitDelays: readonly number[];
}

const PROBLEM_TEXT: Record<PageProblem | 'too-slow' | 'too-much-memory' | 'crashed', string> = {
  'not-html': 'The page is not HTML.',
  'no-text': 'No article text was found on the page.',
  wall: 'The page shows a login, consent or payment form instead of the article.',
  'too-deep': 'The page nests its elements too deeply to be read.',
  'too-slow': 'Reading the page took too long and was stopped.',
  'too-much-memory': 'Reading the page took too much memory and was stopped.',
  crashed: 'Every try at the page ended with its worker gone; the page is left alone.',
};

/**
 * Turns one article into a record: robots.txt → GET its page → extract → keep the better of page and feed.
 * One turn of a host is one request: after reading robots.txt, at a redirect, or where it has another page, the article waits for its next turn.
 */
export const processArticle =
  (deps: ProcessArticleDeps): JobHandler =>
  async ({ id }) => {
    const article = await deps.startArticle(id);
    if (!article) return { status: 'nothing-to-do', articleId: id };

    const startedAt = deps.now();
    const outcome = await fetchPage(deps, article);
    const tookMs = deps.now().getTime() - startedAt.getTime();
    const first = await changeOf(deps, article, outcome, tookMs);
    const change = withNextRevisit(deps, article, outcome, article.revisit ? keepRecord(first) : first);
    await deps.recordArticle(article, change);

    const { record, problem } = change;
    const status = record
      ? 'stored'
      : change.next?.to
        ? 'moved'
        : article.revisit
          ? 'revisited'
          : change.dueAt
            ? 'later'
            : 'failed';
    return {
      status,
      articleId: id,
      url: article.url,
      ...(record ? { contentSource: record.contentSource, words: record.wordCount, language: record.language } : {}),
      ...(problem ? { problem: problem.kind, error: problem.text } : {}),
      ...(record ? { site: record.siteName ?? article.feedTitle ?? article.turn?.host, title: record.title } : {}),
    };
  };

type PageOutcome = FetchOutcome | { kind: 'not-wanted' } | { kind: 'crashed' } | Extract<RobotsDecision, { kind: 'later' }>;

async function fetchPage(deps: ProcessArticleDeps, article: PendingArticle): Promise<PageOutcome> {
  if (!article.turn) return { kind: 'not-wanted' };
  if (article.attempts > MAX_ATTEMPTS) return { kind: 'crashed' };
  if (!article.ignoreRobots) {
    const answer = await checkRobots(deps, article.pageUrl, article.turn.host);
    if (answer.kind === 'refused') return answer.outcome;
    if (answer.kind === 'later') return answer;
  }
  const outcome = await deps.fetchUrl(article.pageUrl, {
    redirects: 'report',
    ...(article.pagesKept === 0 ? article.revisit : {}),
  });
  const circles = outcome.kind === 'moved' && (outcome.to === article.pageUrl || article.redirects >= MAX_REDIRECTS);
  return circles ? { kind: 'bad-content', reason: 'redirect-loop' } : outcome;
}

async function changeOf(
  deps: ProcessArticleDeps,
  article: PendingArticle,
  outcome: PageOutcome,
  tookMs: number,
): Promise<ArticleChange> {
  if (outcome.kind === 'later') {
    const host = outcome.outcome ? hostVerdict(outcome.outcome, tookMs, deps.retryBaseMs) : {};
    return { ...goOn(deps, article, { host: outcome.host }), host };
  }
  if (outcome.kind === 'not-wanted' || outcome.kind === 'crashed')
    return { ...(await contentOf(deps, article, outcome)), host: {} };

  const host = hostVerdict(outcome, tookMs, deps.retryBaseMs);
  if (outcome.kind === 'moved') return { ...goOn(deps, article, nextRequest(deps, outcome.to, outcome.permanent)), host };
  if (outcome.kind === 'unchanged' && article.revisit) return { dueAt: null, failed: false, host };
  if (!isFailure(outcome)) return { ...(await contentOf(deps, article, outcome)), host };

  const problem = { kind: outcomeCode(outcome), text: describeOutcome(outcome) };
  if (outcome.kind === 'unreachable' && (await deps.inOutage())) {
    const dueAt = new Date(deps.now().getTime() + OUTAGE_WAIT_MS * (0.5 + deps.random()));
    return { dueAt, failed: false, uncounted: true, problem, host: {} };
  }
  const dueAt = isTransient(outcome)
    ? nextTry({
        attempts: article.attempts,
        now: deps.now(),
        random: deps.random,
        retryBaseMs: deps.retryBaseMs,
        ...(outcome.kind === 'throttled' && outcome.retryAfterMs !== undefined ? { retryAfterMs: outcome.retryAfterMs } : {}),
      })
    : null;
  if (dueAt) return { dueAt, failed: false, problem, next: { host: deps.toHostKey(article.pageUrl) }, host };
  return { ...(await contentOf(deps, article, outcome)), host };
}

/** A look at a page that has its record: nothing but its content is news, and no trouble on the way takes the record's place. */
function keepRecord(change: ArticleChange): ArticleChange {
  const { record, problem, ...rest } = change;
  if (rest.uncounted) return rest;
  if (record?.contentSource === 'page' && !problem) return change;
  const { next, pages, host } = rest;
  return { dueAt: null, failed: false, host, ...(next && pages ? { next, pages } : {}) };
}

/** What ends here with a record from its page is looked at again, while it is fresh. */
function withNextRevisit(
  deps: ProcessArticleDeps,
  article: PendingArticle,
  outcome: PageOutcome,
  change: ArticleChange,
): ArticleChange {
  const { record } = change;
  if (!article.turn || change.dueAt || !(article.revisit || record?.contentSource === 'page')) return change;
  // All of its pages again, to see whether one has changed, is too much to ask.
  if (record && record.pageCount > 1) return change;
  const now = deps.now();
  const dueAt = nextRevisit({
    storedAt: article.storedAt ?? now,
    ...(record?.publishedAt ? { publishedAt: record.publishedAt } : {}),
    now,
    random: deps.random,
    revisitDelays: deps.revisitDelays,
  });
  const validators = outcome.kind === 'fetched' ? outcome.validators : (article.revisit?.validators ?? {});
  return { ...change, dueAt, ...(dueAt ? { revisit: { validators } } : {}) };
}

/** Before all that waits for a host. */
const FIRST_IN_LINE = new Date(0);

/**
 * This was no try at the page: the next request is. At the same host it goes on where it was in line, before the backlog; another
 * host's own pages do not wait for what is redirected there.
 */
const goOn = (deps: ProcessArticleDeps, { turn }: PendingArticle, next: NextRequest) => ({
  dueAt: turn?.host === next.host ? FIRST_IN_LINE : deps.now(),
  failed: false,
  uncounted: true,
  next,
});

const nextRequest = (deps: ProcessArticleDeps, url: string, permanent: boolean): NextRequest => ({
  host: deps.toHostKey(url),
  to: { url, permanent },
});

const isFailure = (outcome: PageOutcome): outcome is FailedFetch =>
  !['fetched', 'unchanged', 'moved', 'not-wanted', 'crashed', 'later'].includes(outcome.kind);

/** The end of the road: a record from the page, else from the feed, else none, and why. Unless the article goes on elsewhere. */
async function contentOf(
  deps: ProcessArticleDeps,
  article: PendingArticle,
  outcome: PageOutcome,
): Promise<Omit<ArticleChange, 'host'>> {
  const about = { url: article.url, feed: article.feed, now: deps.now() };
  const page =
    outcome.kind === 'fetched' ? { url: outcome.url, contentType: outcome.contentType, body: outcome.body } : undefined;
  const before = article.pagesKept > 0 ? (await deps.loadPages(article.id)).slice(0, article.pagesKept) : [];
  const number = before.length + 1;
  // Of a later page it is only asked where it leads: what the feed says is compared with all of them.
  const first = await deps.readArticle(
    page ? { ...about, page, number, ...(before.length > 0 ? { feed: { authors: [] } } : {}) } : about,
  );
  if (first.kind === 'moved' && article.turn && article.redirects < MAX_REDIRECTS)
    return goOn(deps, article, nextRequest(deps, first.to, false));
  const nextPage = first.kind === 'article' && number < MAX_PAGES ? first.nextPage : undefined;
  if (page && (nextPage || deps.keepsPages) && first.kind !== 'stopped') await deps.savePage(article.id, number, page);
  if (nextPage) return { ...goOn(deps, article, nextRequest(deps, nextPage, false)), pages: { kept: number } };

  const [start, ...further] = [...before, ...(page && first.kind === 'article' ? [page] : [])];
  const whole = before.length > 0 && start ? await deps.readArticle({ ...about, page: start, further }) : first;
  // What had to be stopped, or leads nowhere, is read no more; what the feed said is left.
  const reading = whole.kind === 'stopped' || whole.kind === 'moved' ? await deps.readArticle(about) : whole;
  const problem = problemOf(outcome, first);
  const end = {
    dueAt: null,
    ...(start && before.length > 0 ? { next: { host: deps.toHostKey(start.url) }, pages: { kept: 0, firstUrl: start.url } } : {}),
  };
  if (reading.kind === 'article') return { record: reading.record, ...end, failed: false, ...(problem ? { problem } : {}) };
  return { ...end, failed: true, problem: problem ?? { kind: 'no-text', text: 'Neither the page nor the feed has text.' } };
}

function problemOf(outcome: PageOutcome, reading: ThreadReading): { kind: string; text: string } | undefined {
  if (isFailure(outcome)) return { kind: outcomeCode(outcome), text: describeOutcome(outcome) };
  if (outcome.kind === 'crashed') return { kind: 'crashed', text: PROBLEM_TEXT.crashed };
  if (outcome.kind !== 'fetched') return undefined;
  if (reading.kind === 'moved')
    return { kind: 'redirect-loop', text: describeOutcome({ kind: 'bad-content', reason: 'redirect-loop' }) };
  const kind = reading.kind === 'stopped' ? reading.reason : reading.pageProblem;
  return kind ? { kind, text: PROBLEM_TEXT[kind] } : undefined;
}
