import { pageStore } from '../db/pages.js';
import { replayStore } from '../db/replay.js';
import type { ReplayTools } from '../src/cli/replay-tools.js';
import { reextract } from '../src/jobs/reextraction.js';
import type { App } from './app.js';
import { withRules } from './articles.js';
import { createArticleReader } from './readers.js';
import { openRuleBook } from './rule-book.js';

/** What the commands need to try and extract again, and to try out what extracting would change. */
export function openReplayTools({ config, db }: App): ReplayTools & { close(): Promise<void> } {
  const store = replayStore(db);
  let reader: ReturnType<typeof createArticleReader> | undefined;
  let rules: ReturnType<typeof openRuleBook> | undefined;
  return {
    ...store,
    async tryReextraction(id) {
      const record = await store.loadRecordToExtract(id);
      if (!record) return undefined;
      // Only a dry run extracts in this process, so the thread starts on the first call.
      reader ??= createArticleReader({ ...config.extract, threads: 1 });
      rules ??= openRuleBook({ folder: config.rulesDir }, () => undefined);
      const deps = { ...pageStore(db), readArticle: withRules(await rules, reader.read) };
      return { url: record.url, title: record.current.title, result: await reextract(deps, { ...record, attempts: 1 }) };
    },
    close: async () => reader?.close(),
  };
}
