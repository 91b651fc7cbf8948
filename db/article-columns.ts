import { type SQL, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { ArticleRecord } from '../src/articles/article.js';
import type { ArticleChange, PageAddress, Problem, Revisit } from '../src/jobs/article-change.js';
import { present } from '../src/text/present.js';
import { articles } from './schema/articles.js';

type Columns = Omit<PgUpdateSetSource<typeof articles>, 'dueAt' | 'host'>;

/** What a change writes to the row of its article. */
export interface ChangedColumns extends Columns {
  /** Null: there is nothing left to do. */
  dueAt: Date | null;
  /** The host at whose turn the next request is made; absent: the same host as before. */
  host?: string;
}

/** The columns that a change writes. What it does not mention stays as it is. */
export function toColumns(change: ArticleChange): ChangedColumns {
  switch (change.kind) {
    case 'stored':
      return {
        ...toRecordColumns(change.record),
        ...toProblemColumns(change.problem),
        ...toFirstPageColumns(change.firstPage),
        ...toRevisitColumns(change.revisit),
      };
    case 'unchanged':
      return { ...NO_PROBLEM, ...toFirstPageColumns(change.firstPage), ...toRevisitColumns(change.revisit) };
    case 'failed':
      // A record that an earlier turn stored stays.
      return {
        dueAt: null,
        status: sql`case when ${articles.storedAt} is null then 'failed' else ${articles.status} end`,
        ...toProblemColumns(change.problem),
        ...toFirstPageColumns(change.firstPage),
      };
    case 'retry':
      return { dueAt: change.dueAt, ...present({ host: change.host }), ...toProblemColumns(change.problem) };
    case 'uncounted':
      return { dueAt: change.dueAt, attempts: ONE_LESS, ...toProblemColumns(change.problem) };
    case 'robots-first':
      return { dueAt: change.dueAt, host: change.host, attempts: ONE_LESS, ...NO_PROBLEM };
    case 'redirected':
      return { dueAt: change.dueAt, ...toPageColumns(change.to), hops: ONE_MORE, attempts: ONE_LESS, ...NO_PROBLEM };
    case 'next-page':
      return {
        dueAt: change.dueAt,
        ...toPageColumns(change.to),
        pagesKept: change.pagesKept,
        hops: 0,
        attempts: ONE_LESS,
        ...NO_PROBLEM,
      };
  }
}

const ONE_MORE: SQL = sql`${articles.hops} + 1`;
/** Takes back the attempt that `startArticle` counted. */
const ONE_LESS: SQL = sql`greatest(0, ${articles.attempts} - 1)`;
const NO_PROBLEM = { error: null, errorText: null };

const toProblemColumns = (problem: Problem | undefined) =>
  problem ? { error: problem.kind, errorText: problem.text } : NO_PROBLEM;

const toPageColumns = ({ url, host }: PageAddress) => ({ pageUrl: url, host });

const toFirstPageColumns = (firstPage: PageAddress | undefined) =>
  firstPage ? { ...toPageColumns(firstPage), pagesKept: 0, hops: 0 } : {};

const toRevisitColumns = (revisit: Revisit | undefined) =>
  revisit
    ? {
        dueAt: revisit.dueAt,
        revisit: true,
        attempts: 0,
        hops: 0,
        etag: revisit.validators.etag ?? null,
        lastModified: revisit.validators.lastModified ?? null,
      }
    : { dueAt: null };

/** The columns that hold a record. */
export const toRecordColumns = (record: ArticleRecord): Columns => ({
  status: 'stored',
  storedAt: sql`coalesce(${articles.storedAt}, now())`,
  title: record.title,
  authors: record.authors,
  // A date in the future is replaced by a fixed one: by the time of reading, the date would change at each revisit.
  publishedAt: record.published?.clamped ? sql`${articles.firstSeenAt}` : (record.publishedAt ?? sql`${articles.firstSeenAt}`),
  publishedAs: record.published ?? { source: 'first seen' as const },
  language: record.language ?? null,
  siteName: record.siteName ?? null,
  excerpt: record.excerpt,
  contentHtml: record.contentHtml,
  contentText: record.contentText,
  leadImageUrl: record.leadImageUrl ?? null,
  leadImageWidth: record.leadImageWidth ?? null,
  leadImageHeight: record.leadImageHeight ?? null,
  leadImageCaption: record.leadImageCaption ?? null,
  wordCount: record.wordCount,
  readingMinutes: record.readingMinutes,
  contentSource: record.contentSource,
  canonicalUrl: record.canonicalUrl ?? null,
  section: record.section ?? null,
  tags: record.tags,
  modifiedAt: record.modifiedAt ?? null,
  modifiedAs: record.modified ?? null,
  paywalled: record.paywalled ?? null,
  pageCount: record.pageCount,
  extractorVersion: record.extractorVersion,
});
