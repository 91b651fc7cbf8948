import { articleStore } from '../../db/articles.js';
import { claimDue } from '../../db/claim.js';
import type { Db } from '../../db/client.js';
import { outageStore } from '../../db/outages.js';
import { pageStore } from '../../db/pages.js';
import { reextractionStore } from '../../db/reextractions.js';
import { type ReadInput, readArticle } from '../../src/articles/read.js';
import type { FeedEntry } from '../../src/feeds/feed.js';
import { processArticle } from '../../src/jobs/process-article.js';
import { type ReextractRecordDeps, reextractRecord } from '../../src/jobs/reextract-record.js';
import type { ContentPolicy } from '../../src/jobs/subscribed-feed.js';
import type { FetchOutcome } from '../../src/web/outcome.js';
import { feedEntry, fetched, POLITENESS, pollResult } from '../builders.js';
import { lease, leasedRows } from '../database.js';
import { createWorker } from './worker.js';

const SENTENCES = [
  'The ferry was late again on Monday, and the people on the pier had time to count the gulls.',
  'Nobody could say why, not even the harbour master, who has counted them for thirty years.',
  'On Tuesday it was on time, and some of them missed it.',
];

/** A page with a story of `paragraphs` paragraphs, and a link to the next page of the story. */
export const storyPage = (n: number, { paragraphs = 4, next = '' } = {}): string =>
  `<html lang="en"><head><title>Story ${n}</title>${next && `<link rel="next" href="${next}">`}</head><body><h1>Story ${n}</h1><article>${Array.from(
    { length: paragraphs },
    (_, p) => `<p>${SENTENCES.join(` (${n}.${p}) `)}</p>`,
  ).join('')}</article></body></html>`;

/** The columns of a record that its page and feed decide. */
const CONTENT =
  'title, authors, published_at, language, site_name, excerpt, content_html, content_text, word_count, content_source, page_count, tags, canonical_url, modified_at';

const createQuery =
  (db: Db) =>
  async <T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await db.$client.query(text, values)).rows as T[];

/** Claims and processes articles until none is due. `pages` are what the web answers, and `requested` what it was asked for. */
function createProcessAll(db: Db, pages: ReadonlyMap<string, FetchOutcome>, requested: string[]): () => Promise<void> {
  const handleArticle = processArticle({
    ...articleStore(db, POLITENESS),
    ...outageStore(db, POLITENESS),
    ...pageStore(db),
    keepsPages: true,
    fetchUrl: async (url) => {
      requested.push(url);
      return pages.get(url) ?? { kind: 'missing', status: 404 };
    },
    readArticle: async (input) => readArticle(input),
    loadRobots: async () => ({}),
    saveRobots: async () => undefined,
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    userAgent: 'Test/1',
    retryBaseMs: 60_000,
    revisitDelays: [],
    toHostKey: POLITENESS.toHostKey,
  });
  return async () => {
    for (;;) {
      const { articles } = await claimDue(db, { ...POLITENESS, room: { feeds: 0, articles: 100 } });
      if (articles.length === 0) return;
      for (const id of articles) await handleArticle({ id });
    }
  };
}

/** Stores records as the workers do, with pages that are kept. */
export function createReplayWorld(db: Db) {
  const pages = new Map<string, FetchOutcome>();
  const requested: string[] = [];
  const worker = createWorker(db);
  const query = createQuery(db);
  const processAll = createProcessAll(db, pages, requested);

  /** Polls a feed that shows these entries, and processes their articles. */
  async function poll(feed: { id: number }, entries: readonly FeedEntry[]): Promise<void> {
    const started = await worker.startPoll(feed.id);
    await worker.feeds.addEntries(started, [...entries]);
    await worker.feeds.recordPoll(started, pollResult());
    await processAll();
  }

  return {
    query,
    poll,
    pages,
    requested,
    processAll,

    /** Subscribes to the feed of a host, whose robots.txt is ignored. @returns the feed */
    async subscribe(host: string, content: ContentPolicy = 'page') {
      const [feed] = await worker.feeds.addFeeds([{ url: `https://${host}/feed`, content, ignoreRobots: true }]);
      if (!feed) throw new Error(`the feed of ${host} is not new`);
      return { ...feed, content };
    },

    /** Stores the record of entry `n` of a feed. Its page is a story unless `pages` has another answer. @returns its id */
    async store(
      feed: { id: number; url: string; content: ContentPolicy },
      n: number,
      fields: Partial<FeedEntry> = {},
    ): Promise<number> {
      const { host } = new URL(feed.url);
      const url = `https://${host}/${n}`;
      if (!pages.has(url)) pages.set(url, fetched(storyPage(n), { url }));
      await poll(feed, [feedEntry(n, { host, title: `Story ${n}`, ...fields })]);
      const [row] = await query<{ id: string }>(
        'select article_id as id from feedmill_data.entries where feed_id = $1 and key = $2',
        [feed.id, `k${n}`],
      );
      return Number(row?.id);
    },

    /** Stores the records of entries 1 to `count`, whose pages are in `pages`, in one poll. @returns their ids */
    async storeAll(feed: { id: number; url: string }, count: number): Promise<number[]> {
      const { host } = new URL(feed.url);
      await poll(
        feed,
        Array.from({ length: count }, (_, n) => feedEntry(n + 1, { host, title: `Story ${n + 1}` })),
      );
      const rows = await query<{ id: string }>('select id from feedmill.records where feed_id = $1 order by id', [feed.id]);
      return rows.map(({ id }) => Number(id));
    },
  };
}

/** Extracts stored records again, as the owner asks for it and as the workers do it. */
export function createReextractor(db: Db) {
  const store = reextractionStore(db, POLITENESS);
  const query = createQuery(db);
  return {
    ...store,

    /** Makes records look as if an older extractor had made them, which kept a line too many. */
    async age(ids: readonly number[]): Promise<void> {
      await query(
        `update feedmill_data.articles a set extractor_version = 0, content_text = r.content_text || E'\\n\\nShare this.',
           content_html = r.content_html || '<p>Share this.</p>', word_count = a.word_count + 2
         from feedmill.records r where r.id = a.id and a.id = any ($1)`,
        [ids],
      );
    },

    /** Keeps another page for a record, as a revisit does that finds no better one. */
    async keepPage(id: number, html: string): Promise<void> {
      await lease(db, 'articles', id);
      const [article] = await leasedRows(db, 'articles', [id]);
      if (!article) throw new Error(`no article ${id}`);
      const url = 'https://kept.example/';
      await pageStore(db).savePage(article, 1, { url, contentType: 'text/html', body: Buffer.from(html) });
      await query('update feedmill_data.articles set due_at = null where id = $1', [id]);
    },

    /** What readers see of records, by their ids. */
    readRecords: (ids: readonly number[]) =>
      query(`select id, ${CONTENT} from feedmill.records where id = any ($1) order by id`, [ids]),

    async ask(ids: readonly number[], refetch = false) {
      const [row] = await query('select * from feedmill_admin.reextract_records($1, $2)', [ids, refetch]);
      return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
    },

    outcomes: (run: number | undefined) =>
      query('select record_id::int as id, outcome, note from feedmill_admin.reextractions($1) order by record_id', [run]),

    /** Claims what is to be extracted again and does it, once. */
    async reextractOnce(deps: Partial<ReextractRecordDeps> = {}) {
      const read = async (input: ReadInput) => readArticle(input);
      const handle = reextractRecord({ ...store, ...pageStore(db), readArticle: read, ...deps });
      const reports = [];
      for (const id of await store.claimReextractions(100)) reports.push(await handle({ id }));
      return reports;
    },
  };
}
