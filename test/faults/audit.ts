import type { Origin, Story } from './origin.js';
import type { Postgres } from './postgres.js';

/** What is wrong with the stored records, by kind, one line per case. If all lists are empty, nothing is. */
export interface Audit {
  /** Stories of the origin without a record made from their page. */
  lost: string[];
  /** Stories with more than one record or sighting, and records that belong to no story. */
  doubled: string[];
  /** Records with a title or text that the origin no longer shows. */
  stale: string[];
  /** Records with another date than their story. */
  misdated: string[];
  /** Feeds that are blamed, or not due soon, although their sites never failed. */
  setBack: string[];
}

interface RecordRow {
  url: string;
  title: string | null;
  content_text: string | null;
  content_source: string | null;
  published_at: Date;
  sightings: number;
}

/** A feed that is due later than this, in seconds, was set back. POLL_MAX in these runs is far shorter. */
const LATE_SECONDS = 45;

/** Compares what is stored with what the origin has published. @param blameless sites that never failed. */
export async function audit(postgres: Postgres, origin: Origin, blameless: ReadonlySet<number>): Promise<Audit> {
  const records = await postgres.query<RecordRow>(
    `select r.url, r.title, r.content_text, r.content_source, r.published_at,
       (select count(*)::int from feedmill.sightings s where s.record_id = r.id) as sightings from feedmill.records r`,
  );
  const byUrl = new Map(records.map((record) => [record.url, record]));
  const stories = origin.stories();
  const known = new Set(stories.map(({ url }) => url));
  const found: Audit = {
    lost: [],
    doubled: [],
    stale: [],
    misdated: [],
    setBack: await findFeedsSetBack(postgres, origin, blameless),
  };
  for (const { url } of records) if (!known.has(url)) found.doubled.push(`${url} is not a story of the origin`);
  for (const story of stories) {
    const record = byUrl.get(story.url);
    if (record?.content_source !== 'page') found.lost.push(`${story.url}: ${record ? 'only the feed’s text' : 'no record'}`);
    else compare(story, record, found);
  }
  return found;
}

function compare(story: Story, record: RecordRow, found: Audit): void {
  if (record.sightings !== 1) found.doubled.push(`${story.url}: ${record.sightings} sightings`);
  if (record.title !== story.title) found.stale.push(`${story.url}: "${record.title}" is now "${story.title}"`);
  const missing = story.paragraphs.filter((text) => !record.content_text?.includes(text));
  if (missing.length > 0) found.stale.push(`${story.url}: ${missing.length} paragraphs are missing`);
  if (record.published_at.getTime() !== story.publishedAt.getTime())
    found.misdated.push(`${story.url}: ${record.published_at.toISOString()} instead of ${story.publishedAt.toISOString()}`);
}

async function findFeedsSetBack(postgres: Postgres, origin: Origin, blameless: ReadonlySet<number>): Promise<string[]> {
  const urls = [...blameless].map((site) => `'${origin.feedUrl(site)}'`).join(', ');
  if (urls === '') return [];
  const rows = await postgres.query<{ url: string; failures: number; last_error: string | null; wait: number | null }>(
    `select url, failures, last_error, extract(epoch from due_at - now())::float8 as wait from feedmill_data.feeds
     where url in (${urls}) and (failures > 0 or last_error is not null or due_at is null or due_at > now() + interval '${LATE_SECONDS} s')`,
  );
  return rows.map(({ url, failures, last_error, wait }) => `${url}: due in ${wait} s, ${failures} failures, ${last_error}`);
}

/** Whether the audit found nothing wrong. */
export const isClean = (found: Audit): boolean => Object.values(found).every((list: string[]) => list.length === 0);

/** The counts for one line of a report: `lost 0, doubled 0, …`. */
export const summarize = (found: Audit): string =>
  Object.entries(found)
    .map(([kind, list]: [string, string[]]) => `${kind} ${list.length}`)
    .join(', ');
