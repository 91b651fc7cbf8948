import { articleStore } from '../db/articles.js';
import { hostStore } from '../db/hosts.js';
import { outageStore } from '../db/outages.js';
import { processArticle } from '../src/jobs/process-article.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import { createArticleReader } from './readers.js';
import type { WorkerParts } from './run-worker.js';

/** The article worker: turns pages into records. */
export const articleWorker: WorkerParts = ({ config, db }) => {
  const client = createFetchUrl({ ...config.fetch, accept: 'page', maxBytes: config.pageMaxBytes });
  const reader = createArticleReader(config.extract);
  return {
    queue: 'articles',
    concurrency: config.articleConcurrency,
    handle: processArticle({
      ...articleStore(db, config),
      ...hostStore(db),
      ...outageStore(db, config),
      fetchUrl: client.fetchUrl,
      readArticle: reader.read,
      now: () => new Date(),
      random: Math.random,
      userAgent: config.fetch.userAgent,
      retryBaseMs: config.retryBaseMs,
      looks: config.looks,
      hostOf: config.hostOf,
    }),
    close: async () => {
      await Promise.all([client.close(), reader.close()]);
    },
  };
};
