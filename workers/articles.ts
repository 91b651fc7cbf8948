import { articleStore } from '../db/articles.js';
import { hostStore } from '../db/hosts.js';
import { outageStore } from '../db/outages.js';
import { pageStore } from '../db/pages.js';
import { reextractionStore } from '../db/reextractions.js';
import type { ReadInput } from '../src/articles/read.js';
import { type ProcessArticleDeps, processArticle } from '../src/jobs/process-article.js';
import { reextractRecord } from '../src/jobs/reextract-record.js';
import type { JobReport } from '../src/jobs/reports.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import type { App } from './app.js';
import { createArticleReader } from './readers.js';
import { openRuleBook, type RuleBook } from './rule-book.js';
import { type Running, runWorker, type WorkerParts } from './run-worker.js';

/**
 * Records that a process extracts again at once. They share its threads with the pages of news, first come, first served: with so
 * few, a page of news never waits for more than two of them.
 */
const REEXTRACTION_CONCURRENCY = 2;

/** Runs the article worker, which turns pages into records, and extracts stored records again from their kept pages. */
export async function runArticles(app: App, onReport?: (report: JobReport) => void): Promise<Running> {
  const rules = await openRuleBook({ folder: app.config.rulesDir }, (problems) =>
    app.log.warn({ problems }, 'the changed site rules are invalid: the previous ones stay in force'),
  );
  const reader = createArticleReader({ ...app.config.extract, onRead: app.metrics?.observeReads('page') });
  const readArticle = withRules(rules, reader.read);
  const workers = [
    runWorker(app, articleWorker(readArticle), onReport),
    runWorker(app, reextractionWorker(readArticle), onReport),
  ];
  return {
    async stop(graceMs) {
      await Promise.all(workers.map((worker) => worker.stop(graceMs)));
      await reader.close();
    },
  };
}

type ReadArticle = ProcessArticleDeps['readArticle'];

/** Reads pages by the rules of their sites. */
export const withRules =
  (rules: RuleBook, read: (input: ReadInput) => ReturnType<ReadArticle>): ReadArticle =>
  async (input) => {
    const rule = input.page && (await rules.findRule(input.page.url));
    return read(rule ? { ...input, rule } : input);
  };

const articleWorker =
  (readArticle: ReadArticle): WorkerParts =>
  ({ config, db, metrics }) => {
    const client = createFetchUrl({ ...config.fetch, accept: 'page', maxBytes: config.pageMaxBytes });
    return {
      queue: 'articles',
      concurrency: config.articleConcurrency,
      handle: processArticle({
        ...articleStore(db, config),
        ...hostStore(db),
        ...outageStore(db, config),
        ...pageStore(db),
        keepsPages: config.keepPagesDays > 0,
        fetchUrl: metrics?.countFetches('page', client.fetchUrl) ?? client.fetchUrl,
        readArticle,
        monotonicMs: () => performance.now(),
        random: Math.random,
        userAgent: config.fetch.userAgent,
        retryBaseMs: config.retryBaseMs,
        revisitDelays: config.revisitDelays,
        toHostKey: config.toHostKey,
      }),
      close: client.close,
    };
  };

const reextractionWorker =
  (readArticle: ReadArticle): WorkerParts =>
  ({ config, db }) => ({
    queue: 'reextractions',
    concurrency: REEXTRACTION_CONCURRENCY,
    handle: reextractRecord({ ...reextractionStore(db, config), ...pageStore(db), readArticle }),
    close: async () => undefined,
  });
