import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Db } from '../../db/client.js';
import { foldCounts, measureFeeds } from '../../db/counters.js';
import { makePartitions } from '../../db/partitions.js';
import type { Query } from '../database.js';
import {
  composeRecord,
  DAYS,
  FEEDS_PER_HOST,
  type ModelRecord,
  PAGE_FAILED_EVERY,
  POLL_DAYS,
  POLLS_PER_DAY,
  RECORDS_PER_FEED,
  REVISED,
  SHOWN_TWICE,
  WITH_FILE,
} from './corpus.js';
import { withIndexers } from './indexers.js';

/** Records inserted per statement, and statements at once. */
const BATCH = 500;
const INSERTS = 3;
/** Records that are stored before the next look at the indexers, and how many may wait for them: their texts are still in memory. */
const CHUNK = 5_000;
const MAX_UNINDEXED = 10_000;
/** Pause between two looks at what waits for the indexers, in ms. */
const WAIT_MS = 100;
/** Seconds between reports of progress. */
const REPORT_SECONDS = 15;
const DAY_MS = 86_400_000;

/** Feeds in a database with so many records. */
export const countFeeds = (records: number) => Math.max(20, Math.round(records / RECORDS_PER_FEED));

/** An empty database, and what is to be in it. */
export interface Filling {
  db: Db;
  query: Query;
  url: string;
  records: number;
  feeds: number;
}

/**
 * Fills an empty database. Feeds, articles, entries and polls are inserted in bulk, with all triggers; words and clusters are made
 * by two indexers at the same time, and counters are folded.
 */
export async function fillDatabase(filling: Filling, report: (line: string) => void): Promise<void> {
  const { db, query, url, feeds } = filling;
  await addFeeds(query, feeds);
  await withIndexers(url, async () => {
    await storeRecords(filling, report);
    await waitForIndexers(query, 0);
  });
  await addPolls(query);
  while (await foldCounts(db));
  while (await measureFeeds(db));
  report('vacuum');
  await query('vacuum analyze');
}

async function storeRecords({ db, query, records, feeds }: Filling, report: (line: string) => void): Promise<void> {
  const limit = pLimit(INSERTS);
  const startedAt = Date.now() - DAYS * DAY_MS;
  const started = performance.now();
  let reported = started;
  for (let done = 0; done < records; done += CHUNK) {
    const starts = Array.from({ length: Math.ceil(Math.min(CHUNK, records - done) / BATCH) }, (_, n) => done + n * BATCH);
    const insertBatch = (from: number) => {
      const batch = Array.from({ length: Math.min(BATCH, records - from) }, (_, n) =>
        composeRecord(from + n + 1, feeds, new Date(startedAt + ((from + n) / records) * DAYS * DAY_MS)),
      );
      return insertRecords(query, batch, feeds);
    };
    await Promise.all(starts.map((from) => limit(insertBatch, from)));
    await makePartitions(db, DAYS);
    while (await foldCounts(db));
    await waitForIndexers(query, MAX_UNINDEXED);
    if (performance.now() - reported < REPORT_SECONDS * 1_000) continue;
    reported = performance.now();
    const share = Math.min(1, (done + CHUNK) / records);
    const left = ((reported - started) / share) * (1 - share);
    report(`${Math.round(share * records)} of ${records} records, ${Math.round(left / 60_000)} minutes left`);
  }
}

/** Waits until no more than so many records are not indexed. */
async function waitForIndexers(query: Query, most: number): Promise<void> {
  while ((await query('select from feedmill_data.unindexed offset $1 limit 1', [most])).length > 0) await pause(WAIT_MS);
}

/** Feeds that are polled tomorrow, so that nothing but what is measured is due. */
async function addFeeds(query: Query, feeds: number): Promise<void> {
  await query(
    `insert into feedmill_data.feeds (url, host, site_url, title, folder, format, due_at, polled_at, succeeded_at, created_at)
     select 'https://' || host || '/feed/' || n, host, 'https://' || host || '/', 'Feed ' || n, 'Folder ' || n % 20, 'rss',
       now() + interval '1 day', now(), now(), now() - $2 * interval '1 day'
     from generate_series(1, $1::int) n, lateral (select 'h' || (n + ${FEEDS_PER_HOST - 1}) / ${FEEDS_PER_HOST} || '.example' as host) h`,
    [feeds, DAYS],
  );
  await query(
    "insert into feedmill_data.hosts (host, turn_at) select distinct host, now() + interval '1 day' from feedmill_data.feeds",
  );
}

async function insertRecords(query: Query, batch: readonly ModelRecord[], feeds: number): Promise<void> {
  const rows = batch.map(({ number, url, host, feedId, record }) => ({
    ...record,
    url,
    host,
    feedId,
    error: number % PAGE_FAILED_EVERY === 0 ? 'gone' : null,
  }));
  const added = await query(
    `insert into feedmill_data.articles
       (url, host, site, feed_id, status, due_at, first_seen_at, stored_at, published_at, published_as, title, authors, language,
        site_name, excerpt, content_html, content_text, lead_image_url, word_count, reading_minutes, content_source, section, tags,
        page_count, extractor_version, error)
     select url, host, host, "feedId", 'stored', null, "publishedAt", "publishedAt", "publishedAt", published, title, authors,
       language, "siteName", excerpt, "contentHtml", "contentText", "leadImageUrl", "wordCount", "readingMinutes", "contentSource",
       section, tags, "pageCount", "extractorVersion", error
     from jsonb_to_recordset($1) as row (
       url text, host text, "feedId" bigint, "publishedAt" timestamptz, published jsonb, title text, authors text[], language text,
       "siteName" text, excerpt text, "contentHtml" text, "contentText" text, "leadImageUrl" text, "wordCount" integer,
       "readingMinutes" integer, "contentSource" text, section text, tags text[], "pageCount" integer, "extractorVersion" integer,
       error text)
     returning id`,
    [JSON.stringify(rows)],
  );
  const ids = added.map(({ id }) => Number(id));
  await insertEntries(query, ids, feeds);
  await revise(query, ids.slice(0, Math.round(ids.length * REVISED)));
}

/** The sightings of records: by their feed, and some by a second one. */
async function insertEntries(query: Query, ids: readonly number[], feeds: number): Promise<void> {
  const insert = (feedId: string, share: number) =>
    query(
      `insert into feedmill_data.entries
         (feed_id, key, article_id, site, guid, url, title, authors, published_at, summary_html, categories, enclosures, content_hash,
          first_seen_at)
       select ${feedId}, url, id, site, 'guid-' || id, url, title, authors, published_at, '<p>' || (feedmill_data.body_of(a)).excerpt || '</p>', tags,
         case when id % ${1 / WITH_FILE} = 0
           then jsonb_build_array(jsonb_build_object('url', url || '.mp3', 'type', 'audio/mpeg')) else '[]' end,
         md5(url), first_seen_at
       from feedmill_data.articles a where id = any ($1) and id % ${1 / share} = 0`,
      [ids],
    );
  await insert('feed_id', 1);
  await insert(`1 + feed_id % ${feeds}`, SHOWN_TWICE);
}

/** Edits some of the records, so that triggers keep their former versions. */
async function revise(query: Query, ids: readonly number[]): Promise<void> {
  await query(
    `update feedmill_data.articles a set title = a.title || '!', content_text = r.content_text || E'\\n\\nAn edit.',
       content_html = r.content_html || '<p>An edit.</p>' from feedmill.records r where r.id = a.id and a.id = any ($1)`,
    [ids],
  );
}

/** Polls of the last days, of which a few may have missed entries and a few failed. */
async function addPolls(query: Query): Promise<void> {
  await query(`
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, status, bytes, entries_seen, entries_new, possible_gap)
    select id, now() - (hour + random()) * interval '1 hour' * ${24 / POLLS_PER_DAY}, 50 + 400 * random(),
      case when hour % 12 = 0 then 'news' else 'unchanged' end, 200, 20000, 20, 0, random() < 0.0005
    from generate_series(1, ${POLLS_PER_DAY * POLL_DAYS}) hour, feedmill_data.feeds`);
}
