import { type SQL, sql } from 'drizzle-orm';
import type { RecordFilter } from '../src/export/record-filter.js';
import { errorCode } from '../src/text/error-code.js';
import type { Executor } from './client.js';

/** The records that the user asked for can't be selected. The message says why, and points at the place in `where`. */
export class SelectionError extends Error {
  constructor(
    message: string,
    /** Whether the condition is wrong, or the time ran out. */
    readonly reason: 'bad-condition' | 'too-slow',
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The condition of a filter on the rows of `feedmill.records`, without an alias since users write the names of its columns. */
export function matches({ sites, languages, since, until, feedIds, where }: RecordFilter): SQL {
  const conditions = [
    sites && isOnSite(sites),
    languages && isInLanguage(languages),
    since && sql`published_at >= ${since.toISOString()}::timestamptz`,
    until && sql`published_at < ${until.toISOString()}::timestamptz`,
    feedIds && sql`feed_id = any (${sql.param([...feedIds])}::bigint[])`,
    // On lines of its own, in case it ends in a comment.
    where !== undefined && sql`(\n${sql.raw(where)}\n)`,
  ].filter((condition) => condition !== undefined && condition !== false);
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`;
}

/** Records older than the column `site` have none. There the host decides. */
const isOnSite = (sites: readonly string[]): SQL => sql`(
  site = any (${sql.param([...sites])}::text[])
  or site is null and exists (
    select from unnest(${sql.param([...sites])}::text[]) as wanted (name), split_part(url, '/', 3) as host
    where host = name or right(host, length(name) + 1) = '.' || name
  ))`;

const isInLanguage = (languages: readonly string[]): SQL => sql`exists (
  select from unnest(${sql.param([...languages])}::text[]) as wanted (tag)
  where lower(language) = lower(tag) or starts_with(lower(language), lower(tag) || '-'))`;

/** The condition is checked in these statements. The parameter makes Postgres refuse more than one statement. */
const CHECKS = [
  { before: 'explain select $1::int from feedmill.records where ', after: '' },
  { before: 'explain select $1::int from feedmill.records where (\n', after: '\n)' },
];

/**
 * Checks that a text is a condition on `feedmill.records`: it must stand both alone, so that it can't close the parentheses that
 * are later put around it, and in parentheses, so that nothing but a condition passes.
 * @throws {SelectionError} when it is not
 */
export async function checkCondition(tx: Executor, where: string): Promise<void> {
  for (const { before, after } of CHECKS) {
    const [head = '', tail = ''] = before.split('$1');
    try {
      await tx.execute(sql`${sql.raw(head)}${1}${sql.raw(tail)}${sql.raw(where)}${sql.raw(after)}`);
    } catch (error) {
      throw toSelectionError(error, where, before.length) ?? error;
    }
  }
}

/**
 * Classes of SQLSTATE that a condition can cause: what Postgres does not have (0A), a subquery with several rows (21), bad values (22),
 * what a read-only transaction refuses (25), bad names, types, syntax or rights (42), and a condition that is too complex (54).
 */
const CAUSED_BY_CONDITION = /^(0A|21|22|25|42|54)/;
const CANCELED = '57014';

/**
 * What an error means for a selection of records: that it takes too long, or that the condition `where` can't be used. Undefined
 * for errors of another cause. `before` is the number of characters before the condition, if the error's position is to be shown.
 */
export function toSelectionError(error: unknown, where: string | undefined, before?: number): SelectionError | undefined {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return undefined;
  const code = errorCode(inner);
  if (code === CANCELED)
    return new SelectionError(
      'This takes too long. Select fewer records, for example with --since, or raise --timeout.',
      'too-slow',
      { cause: error },
    );
  if (where === undefined || !CAUSED_BY_CONDITION.test(code)) return undefined;
  const position = before !== undefined && 'position' in inner ? Number(inner.position) - before : Number.NaN;
  return new SelectionError(`--where can't be used: ${inner.message}.${pointAt(where, position)}`, 'bad-condition', {
    cause: error,
  });
}

/** The line of the condition with this position (from 1, in characters), and a caret below it. */
function pointAt(where: string, position: number): string {
  const before = [...where].slice(0, position - 1).join('');
  if (!(position >= 1 && before.length <= where.length)) return '';
  const start = before.lastIndexOf('\n') + 1;
  const [line = ''] = where.slice(start).split('\n');
  return `\n  ${line}\n  ${' '.repeat(before.length - start)}^`;
}
