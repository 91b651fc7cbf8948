import { articleStore } from '../db/articles.js';
import { hostStore } from '../db/hosts.js';
import { outageStore } from '../db/outages.js';
import { pageStore } from '../db/pages.js';
import { processArticle } from '../src/jobs/process-article.js';
import type { JobReport } from '../src/jobs/reports.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import type { App } from './app.js';
import { createArticleReader } from './readers.js';
import { openRuleBook, type RuleBook } from './rule-book.js';
import { type Running, runWorker, type WorkerParts } from './run-worker.js';

/** Runs the article worker, which turns pages into records. */
export async function runArticles(app: App, onReport?: (report: JobReport) => void): Promise<Running> {
  const rules = await openRuleBook({ folder: app.config.rulesDir }, (problems) =>
    app.log.warn({ problems }, 'the changed site rules are invalid: the previous ones stay in force'),
  );
  return runWorker(app, articleWorker(rules), onReport);
}

const articleWorker =
  (rules: RuleBook): WorkerParts =>
  ({ config, db }) => {
    const client = createFetchUrl({ ...config.fetch, accept: 'page', maxBytes: config.pageMaxBytes });
    const reader = createArticleReader(config.extract);
    return {
      queue: 'articles',
      concurrency: config.articleConcurrency,
      handle: processArticle({
        ...articleStore(db, config),
        ...hostStore(db),
        ...outageStore(db, config),
        ...pageStore(db),
        keepsPages: config.keepPagesDays > 0,
        fetchUrl: client.fetchUrl,
        readArticle: async (input) => {
          const rule = input.page && (await rules.findRule(input.page.url));
          return reader.read(rule ? { ...input, rule } : input);
        },
        monotonicMs: () => performance.now(),
        random: Math.random,
        userAgent: config.fetch.userAgent,
        retryBaseMs: config.retryBaseMs,
        revisitDelays: config.revisitDelays,
        toHostKey: config.toHostKey,
      }),
      close: async () => {
        await Promise.all([client.close(), reader.close()]);
      },
    };
  };
