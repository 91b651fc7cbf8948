import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPATIBLE_FROM } from '../../db/compatibility.js';
import { startSampler } from '../../src/sampler/server.js';
import { createDatabase, until } from '../database.js';
import { checkOut, git, JOURNAL, openVersion, stop, type Version, warnOfObstacle } from './other-version.js';

/** The version to upgrade from: UPGRADE_FROM, the latest release, or the last commit before the newest migration. */
async function findVersionBefore(): Promise<string> {
  if (process.env.UPGRADE_FROM) return process.env.UPGRADE_FROM;
  const release = await git('describe', '--tags', '--abbrev=0', '--match', 'v*').catch(() => '');
  return release || `${await git('log', '-1', '--format=%H', '--', JOURNAL)}^`;
}

/** @returns why that version can't be tried; undefined when it can */
async function findObstacle(revision: string): Promise<string | undefined> {
  const journal = await git('show', `${revision}:${JOURNAL}`).catch(() => undefined);
  if (journal === undefined) return `${revision} is not in the history of this clone`;
  if (!journal.includes(COMPATIBLE_FROM)) return `${revision} is older than compatible versions (${COMPATIBLE_FROM})`;
  return journal.trim() === (await readFile(JOURNAL, 'utf8')).trim()
    ? `${revision} has the same migrations as this version`
    : undefined;
}

const revision = await findVersionBefore();
const obstacle = await findObstacle(revision);
if (obstacle) warnOfObstacle('The upgrade with two versions side by side', obstacle);

describe.skipIf(obstacle)(`an upgrade from ${revision}`, () => {
  let databaseUrl: string;
  let before: Version;
  const current = openVersion('.', () => ({ DATABASE_URL: databaseUrl }));
  /** Stories are published every second of this time, which the test moves on. */
  const epoch = new Date(Date.now() - 3_600_000);
  let now = epoch.getTime() + 20_000;

  beforeAll(async () => {
    before = await checkOut(revision, () => ({ DATABASE_URL: databaseUrl }));
  });
  afterAll(async () => {
    await current.remove();
    await before.remove();
  });

  it('lets both versions work at once, and leads back', async () => {
    const sampler = await startSampler({ port: 0, epoch, storyEveryMs: 1_000, now: () => new Date(now) });
    const { url, db } = await createDatabase({ migrated: false });
    databaseUrl = url;
    const count = async (what: string) => Number((await db.$client.query(`select count(*) as n from ${what}`)).rows[0].n);
    /** Publishes stories, and waits until more of them are stored than before. */
    const publish = async (what: string) => {
      const stored = await count('feedmill.records');
      now += 6_000;
      await until(async () => (await count('feedmill.records')) >= stored + 6, `new records: ${what}`);
    };

    await before.feedmill('migrate');
    await before.feedmill('add', ...sampler.feeds.map((feed) => feed.url));
    let old = before.start();
    await until(async () => (await count('feedmill.records')) >= 12, 'the first records');

    expect(await current.feedmill('migrate')).toContain('has been brought up to date');
    await publish('by the version before, after the migration');
    const next = current.start();
    await publish('by both versions');
    await stop(old, 'SIGKILL');
    await publish('by this version');
    await stop(next, 'SIGTERM');

    // The way back: the version before starts again, and leaves the schema as it is.
    expect(await before.feedmill('migrate')).toContain('already up to date');
    old = before.start();
    await publish('by the version before, again');
    await stop(old, 'SIGTERM');
    expect(await current.feedmill('migrate')).toContain('already up to date');
    expect(await count('feedmill.records')).toBe(await count('(select distinct url from feedmill.records) as urls'));
    expect(await count('feedmill.failures')).toBe(0);
    await sampler.close();
  });
});
