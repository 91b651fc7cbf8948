import type { ArticleReading, FeedVersion, Page, PageProblem } from '../articles/article.js';
import { MAX_ATTEMPTS, planArticle } from '../articles/plan.js';
import { describe, type FailedFetch, type FetchOutcome, type FetchUrl, isTemporary } from '../web/outcome.js';
import { crawlDelayMs, robotsAllows } from '../web/robots.js';
import { blockFor } from './host-verdict.js';
import type { ArticleChange, Handler, PendingArticle } from './pipeline.js';

/** What the extraction thread says: a reading, or that it had to be stopped. */
export type ThreadReading = ArticleReading | { kind: 'stopped'; reason: 'too-slow' | 'too-much-memory' };

export interface ProcessArticleDeps {
  startArticle(id: number): Promise<PendingArticle | undefined>;
  fetchUrl: FetchUrl;
  readArticle(input: { url: string; page?: Page; feed: FeedVersion; now: Date }): Promise<ThreadReading>;
  recordArticle(article: PendingArticle, change: ArticleChange): Promise<void>;
  findRobots(host: string): Promise<{ text: string; fetchedAt: Date } | undefined>;
  keepRobots(host: string, robots: { text: string; fetchedAt: Date }): Promise<void>;
  setGap(host: string, gapMs: number): Promise<void>;
  hostGapMs: number;
  now(): Date;
  random(): number;
  userAgent: string;
  retryBaseMs: number;
}

/** A robots.txt is kept so long, in ms (RFC 9309 §2.4: "not … for more than 24 hours"). */
const ROBOTS_FRESH_MS = 24 * 3_600_000;
/** A robots.txt is read so far, in bytes (RFC 9309 §2.5). */
const ROBOTS_MAX_BYTES = 500 * 1024;

const PROBLEM_TEXT: Record<PageProblem | 'too-slow' | 'too-much-memory' | 'crashed', string> = {
  'not-html': 'The page is not HTML.',
  'no-text': 'No article text was found on the page.',
  wall: 'The page shows a login, consent or payment form instead of the article.',
  'too-deep': 'The page nests its elements too deeply to be read.',
  'too-slow': 'Reading the page took too long and was stopped.',
  'too-much-memory': 'Reading the page took too much memory and was stopped.',
  crashed: 'Every try at the page ended with its worker gone; the page is left alone.',
};

/** Turns one article into a record: robots.txt → GET its page → extract → keep the better of page and feed. */
export const processArticle =
  (deps: ProcessArticleDeps): Handler =>
  async ({ id }) => {
    const article = await deps.startArticle(id);
    if (!article) return { status: 'nothing-to-do', articleId: id };

    const outcome = await fetchPage(deps, article);
    const change = await changeOf(deps, article, outcome);
    await deps.recordArticle(article, change);

    const { record, problem } = change;
    const status = record ? 'stored' : change.dueAt ? 'later' : 'failed';
    return {
      status,
      articleId: id,
      url: article.url,
      ...(record ? { contentSource: record.contentSource, words: record.wordCount, language: record.language } : {}),
      ...(problem ? { problem: problem.kind, error: problem.text } : {}),
      ...(record ? { site: record.siteName ?? article.feedTitle ?? article.host, title: record.title } : {}),
    };
  };

type PageOutcome = FetchOutcome | { kind: 'not-wanted' } | { kind: 'crashed' };

async function fetchPage(deps: ProcessArticleDeps, article: PendingArticle): Promise<PageOutcome> {
  if (!article.host) return { kind: 'not-wanted' };
  if (article.attempts > MAX_ATTEMPTS) return { kind: 'crashed' };
  const refusal = await askRobots(deps, article.url, article.host);
  return refusal ?? deps.fetchUrl(article.url);
}

/** Undefined when the page may be fetched. RFC 9309: 4xx means no rules (§2.3.1.3), a server that fails means "not now" (§2.3.1.4). */
async function askRobots(deps: ProcessArticleDeps, url: string, host: string): Promise<FailedFetch | undefined> {
  const robotsUrl = new URL('/robots.txt', url).href;
  const kept = await deps.findRobots(host);
  const fresh = kept && deps.now().getTime() - kept.fetchedAt.getTime() < ROBOTS_FRESH_MS;
  let text = kept?.text ?? '';
  if (!fresh) {
    const outcome = await deps.fetchUrl(robotsUrl);
    if (outcome.kind === 'fetched')
      text = new TextDecoder().decode(outcome.body.subarray(0, ROBOTS_MAX_BYTES)).replaceAll('\0', '');
    else if (outcome.kind !== 'unchanged' && isTemporary(outcome)) {
      if (!kept) return outcome;
    } else text = '';
    await deps.keepRobots(host, { text, fetchedAt: deps.now() });
    const delayMs = crawlDelayMs(text, robotsUrl, deps.userAgent);
    if (delayMs !== undefined && delayMs > deps.hostGapMs) await deps.setGap(host, delayMs);
  }
  return robotsAllows(text, robotsUrl, url, deps.userAgent) ? undefined : { kind: 'not-allowed', reason: 'robots' };
}

async function changeOf(deps: ProcessArticleDeps, article: PendingArticle, outcome: PageOutcome): Promise<ArticleChange> {
  const host = outcome.kind === 'not-wanted' || outcome.kind === 'crashed' ? {} : blockFor(outcome);
  if (isFailure(outcome)) {
    const retry = planArticle({
      // The attempt was counted when it began.
      attempts: article.attempts - 1,
      outcome: isTemporary(outcome) ? 'temporary' : 'permanent',
      now: deps.now(),
      random: deps.random,
      retryBaseMs: deps.retryBaseMs,
      ...(outcome.kind === 'throttled' && outcome.retryAfterMs !== undefined ? { retryAfterMs: outcome.retryAfterMs } : {}),
    });
    if (retry.dueAt) return { dueAt: retry.dueAt, failed: false, problem: { kind: outcome.kind, text: describe(outcome) }, host };
  }
  return { ...(await contentOf(deps, article, outcome)), host };
}

const isFailure = (outcome: PageOutcome): outcome is FailedFetch =>
  outcome.kind !== 'fetched' && outcome.kind !== 'unchanged' && outcome.kind !== 'not-wanted' && outcome.kind !== 'crashed';

/** The end of the road: a record from the page, else from the feed, else none, and why. */
async function contentOf(
  deps: ProcessArticleDeps,
  article: PendingArticle,
  outcome: PageOutcome,
): Promise<Omit<ArticleChange, 'host'>> {
  const about = { url: article.url, feed: article.feed, now: deps.now() };
  const page =
    outcome.kind === 'fetched' ? { url: outcome.url, contentType: outcome.contentType, body: outcome.body } : undefined;
  const first = await deps.readArticle(page ? { ...about, page } : about);
  // A page that had to be stopped is read no more; what the feed said is left.
  const reading = first.kind === 'stopped' && page ? await deps.readArticle(about) : first;
  const problem = problemOf(outcome, first);
  if (reading.kind === 'article') return { record: reading.record, dueAt: null, failed: false, ...(problem ? { problem } : {}) };
  return { dueAt: null, failed: true, problem: problem ?? { kind: 'no-text', text: 'Neither the page nor the feed has text.' } };
}

function problemOf(outcome: PageOutcome, reading: ThreadReading): { kind: string; text: string } | undefined {
  if (isFailure(outcome))
    return { kind: outcome.kind === 'not-allowed' ? outcome.reason : outcome.kind, text: describe(outcome) };
  if (outcome.kind === 'crashed') return { kind: 'crashed', text: PROBLEM_TEXT.crashed };
  if (outcome.kind !== 'fetched') return undefined;
  const kind = reading.kind === 'stopped' ? reading.reason : reading.pageProblem;
  return kind ? { kind, text: PROBLEM_TEXT[kind] } : undefined;
}
