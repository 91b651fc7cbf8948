import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { feedStore } from '../../db/feeds.js';
import { manageStore } from '../../db/manage.js';
import { reportStore } from '../../db/reports.js';
import type { CliApp } from '../../src/cli/app.js';
import { POLL_INTERVAL } from '../../src/feeds/poll-interval.js';
import type { NewFeed } from '../../src/jobs/subscribed-feed.js';
import { POLITENESS } from '../builders.js';
import { createCommandLine } from '../command-line.js';
import { createDatabase, until } from '../database.js';

const { db } = await createDatabase();
const feeds = feedStore(db, POLITENESS);
const { run, complaints } = createCommandLine(
  (): Partial<CliApp> => ({
    addFeeds: feeds.addFeeds,
    findSubscribed: feeds.findSubscribed,
    readFeedPlaces: feeds.readFeedPlaces,
    loadSubscriptions: feeds.loadSubscriptions,
    ...reportStore(db),
  }),
);
const folder = await mkdtemp(join(tmpdir(), 'feedmill-opml-'));
afterAll(() => rm(folder, { recursive: true }));
const file = join(folder, 'feeds.opml');

const unsubscribe = () => db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
beforeEach(unsubscribe);

/** All subscriptions, in the order of their ids. */
async function loadAll(): Promise<NewFeed[]> {
  const ids: number[] = [];
  for await (const batch of feeds.readFeedPlaces()) ids.push(...batch.map(({ id }) => id));
  return [...(await feeds.loadSubscriptions(ids, { secrets: true }))].toSorted(([a], [b]) => a - b).map(([, feed]) => feed);
}

/** Exports the subscriptions, and imports them into an empty database. @returns the two exports */
async function thereAndBack(...options: string[]): Promise<[string, string]> {
  const before = await run('export', '--format', 'opml', ...options);
  await unsubscribe();
  await writeFile(file, before);
  await run('import', file);
  return [before, await run('export', '--format', 'opml', ...options)];
}

const name = fc.oneof(
  fc.constantFrom('News', 'News / Local', 'A & <b>'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
);
const stored = (text: fc.Arbitrary<string>) =>
  text.map((one) =>
    one
      .replace(/[\p{Cc}]/gu, ' ')
      .trim()
      .toWellFormed(),
  );
const subscription: fc.Arbitrary<Omit<NewFeed, 'url'>> = fc.record(
  {
    title: stored(name),
    folder: stored(name),
    siteUrl: fc.webUrl(),
    content: fc.constantFrom('page', 'feed'),
    pollEveryMs: fc.integer({ min: POLL_INTERVAL.sample, max: POLL_INTERVAL.longest }),
    ignoreRobots: fc.boolean(),
    gapMs: fc.integer({ min: 0, max: 3_600_000 }),
    paused: fc.boolean(),
    headers: fc.dictionary(fc.stringMatching(/^x-[a-z0-9]{1,20}$/), fc.stringMatching(/^[!-~]{1,40}$/), {
      minKeys: 1,
      maxKeys: 5,
    }),
  },
  { requiredKeys: [] },
);
/** Feeds of three hosts, some with passwords. */
const subscriptions = fc
  .array(subscription, { maxLength: 8 })
  .map((list) =>
    list.map((one, n): NewFeed => ({ ...one, url: `https://${n % 2 ? 'ann:s3cret@' : ''}h${n % 3}.example/${n}?a=1&b=2` })),
  );

describe('export and import of OPML', () => {
  it('keep all settings', { timeout: 180_000 }, () =>
    fc.assert(
      fc.asyncProperty(subscriptions, async (list) => {
        await unsubscribe();
        await feeds.addFeeds(list);
        const before = await loadAll();
        const [text, again] = await thereAndBack('--with-secrets');
        expect(again).toBe(text);
        expect(complaints).toEqual([]);
        const settings = (all: readonly NewFeed[]) =>
          new Map(
            all.map(({ url, content, pollEveryMs, ignoreRobots, gapMs, paused, headers }) => [
              url,
              { content, pollEveryMs, ignoreRobots, gapMs, paused, headers },
            ]),
          );
        expect(settings(await loadAll())).toEqual(settings(before));
      }),
      { numRuns: 50 },
    ),
  );

  const SECRET: NewFeed = {
    url: 'https://ann:s3cret@a.example/feed',
    headers: { authorization: 'Bearer s3cret' },
    pollEveryMs: 1_800_000,
  };

  it('keep the interval of the sample feeds', async () => {
    await feeds.addFeeds([{ url: 'http://127.0.0.1:8094/feed', pollEveryMs: POLL_INTERVAL.sample }]);
    const [before, after] = await thereAndBack();
    expect(before).toContain('feedmill:every="5s"');
    expect(after).toBe(before);
  });

  it('leave secrets out unless asked', async () => {
    await feeds.addFeeds([SECRET]);
    const [before, after] = await thereAndBack();
    expect(before).toContain('xmlUrl="https://a.example/feed" feedmill:every="30m"/>');
    expect(before).not.toContain('s3cret');
    expect(after).toBe(before);
    await expect(run('export', '--format', 'rss', '--with-secrets')).rejects.toThrow(/only works with opml/);
  });

  it('write secrets to a file that only its owner may read', async () => {
    await feeds.addFeeds([SECRET]);
    const out = join(folder, 'secret.opml');
    await run('export', '--with-secrets', '--out', out);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  });

  it('leave out feeds that were removed', async () => {
    const [added] = await feeds.addFeeds([SECRET]);
    await manageStore(db).removeFeeds([added?.id ?? 0]);
    expect(await run('export')).not.toContain('<outline');
  });

  const opml = (attributes: string) =>
    `<opml xmlns:feedmill="https://feedmill.example/opml/1.0"><body><outline text="A" xmlUrl="https://a.example/f" ${attributes}/></body></opml>`;

  it('poll a paused feed only once it is resumed', async () => {
    await writeFile(file, opml('feedmill:paused="true"'));
    await run('import', file);
    const { rows } = await db.execute<{ id: string }>(sql`select id, state, next_due_at from feedmill.feeds`);
    expect(rows).toMatchObject([{ state: 'paused', next_due_at: null }]);
    expect(await manageStore(db).resumeFeeds([Number(rows[0]?.id)])).toHaveLength(1);
  });

  it('add nothing of a batch with a header that is refused, and repeat no secret', async () => {
    await writeFile(file, opml(`feedmill:headers='{"host":"s3cret"}'`));
    const error = await run('import', file).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toBe('a.example: a request may not have this header: host.');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('s3cret');
    expect(await loadAll()).toEqual([]);
  });

  it('report settings that cannot be used, and add the feed', async () => {
    await writeFile(file, opml('feedmill:every="soon"'));
    await expect(run('import', file)).rejects.toThrow(/1 problem in .*\nA <https:\/\/a\.example\/f>: every has a value/);
    expect(await loadAll()).toHaveLength(1);
  });

  it('say on request what an import would add, without adding it', async () => {
    await feeds.addFeeds([{ url: 'https://b.example/f' }]);
    await writeFile(file, opml('').replace('</body>', '<outline xmlUrl="https://b.example/f"/></body>'));
    expect(await run('import', file, '--dry-run')).toBe('https://a.example/f\n1 feed would be added, 1 already known.\n');
    expect(await run('import', file)).toBe('1 feed added, 1 already known.\n');
    expect(await run('import', file, '--dry-run')).toBe('0 feeds would be added, 2 already known.\n');
  });

  it('let --content decide where the file does not', async () => {
    await writeFile(file, opml('feedmill:content="page"').replace('</body>', '<outline xmlUrl="https://b.example/f"/></body>'));
    await run('import', file, '--content', 'feed');
    expect(await loadAll()).toMatchObject([{ content: 'page' }, { content: 'feed' }]);
  });
});

it.each<[string, NewFeed[]]>([
  [
    'with gaps',
    [
      { url: 'https://b.example/feed', gapMs: 1 },
      { url: 'https://a.example/feed', gapMs: 1 },
    ],
  ],
  ['one of which has a gap', [{ url: 'https://b.example/feed', gapMs: 1 }, { url: 'https://a.example/feed' }]],
])('adds feeds %s while another process locks their hosts, without a deadlock', async (_, added) => {
  await db.execute(sql`insert into feedmill_data.hosts (host) values ('a.example'), ('b.example')`);
  const lockHost = (host: string) => sql`select 1 from feedmill_data.hosts where host = ${host} for update`;
  let adding: Promise<unknown> | undefined;
  await db.transaction(async (other) => {
    await other.execute(lockHost('a.example'));
    adding = feeds.addFeeds(added).catch((error: unknown) => error);
    const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await until(async () => (await db.execute(waiting)).rows.length > 0, 'it to wait for the host');
    await other.execute(lockHost('b.example'));
  });
  expect(await adding).toHaveLength(2);
});
