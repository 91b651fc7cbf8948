import { nextRevisit } from '../articles/retry-and-revisit.js';
import { present } from '../text/present.js';
import type { Validators } from '../web/outcome.js';
import type { ArticleChange, Revisit, UnchangedChange } from './article-change.js';
import type { PendingArticle } from './pending-article.js';

/** What planning a revisit needs. */
export interface RevisitDeps {
  /** Ages of a record at which its page is revisited, in ms, ascending. */
  revisitDelays: readonly number[];
  now(): Date;
  /** From 0 to 1. */
  random(): number;
}

/**
 * What a revisit does to an article that has its record. Only new content from its page replaces the record: a failed revisit
 * leaves the record unchanged, and is not retried before the next revisit.
 */
export function keepRecord(change: ArticleChange): ArticleChange {
  switch (change.kind) {
    case 'stored':
      return change.record.contentSource === 'page' && !change.problem ? change : unchanged(change);
    case 'failed':
      return unchanged(change);
    case 'retry':
      return { kind: 'unchanged' };
    case 'uncounted':
      return { kind: 'uncounted', dueAt: change.dueAt };
    default:
      return change;
  }
}

const unchanged = ({ firstPage }: Pick<UnchangedChange, 'firstPage'>): UnchangedChange => ({
  kind: 'unchanged',
  ...present({ firstPage }),
});

/**
 * Adds the next revisit to an article that has a record from its page.
 * @param validators what the page's server sent this time, or last time if it sent nothing new.
 */
export function scheduleRevisit(
  deps: RevisitDeps,
  article: PendingArticle,
  change: ArticleChange,
  validators: Validators,
): ArticleChange {
  if (!article.turn) return change;
  const planned = (publishedAt?: Date) => present({ revisit: planRevisit(deps, article, publishedAt, validators) });
  if (change.kind === 'unchanged') return { ...change, ...planned() };
  if (change.kind !== 'stored' || change.record.contentSource !== 'page') return change;
  // To see whether an article of several pages changed, we would have to fetch all of them again: that is too much to ask.
  return change.record.pageCount > 1 ? change : { ...change, ...planned(change.record.publishedAt) };
}

function planRevisit(
  { now, random, revisitDelays }: RevisitDeps,
  { storedAt = now() }: PendingArticle,
  publishedAt: Date | undefined,
  validators: Validators,
): Revisit | undefined {
  const dueAt = nextRevisit({ storedAt, ...present({ publishedAt }), now: now(), random, revisitDelays });
  return dueAt ? { dueAt, validators } : undefined;
}
