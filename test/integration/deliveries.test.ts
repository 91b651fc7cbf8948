import { describe, expect, it } from 'vitest';
import { claimMessages } from '../../db/deliveries.js';
import { fanOut } from '../../db/fan-out.js';
import { EVENT_TYPES } from '../../src/deliveries/event.js';
import { createDatabase, insertFeed } from '../database.js';
import { FEED_EVENTS, RECORD_EVENTS, ROOM, testDeliveries } from '../deliveries.js';

const { db } = await createDatabase();
const { query, admin, add, fanOutAll, record } = testDeliveries(db);
const told = (deliveryId: number) =>
  query('select type, coalesce(record_id::int, 0) as record from feedmill_data.messages where delivery_id = $1 order by id', [
    deliveryId,
  ]);

describe('add_delivery', () => {
  it('knows the same events as the program', async () => {
    expect(await query('select feedmill_data.event_types() as types')).toEqual([{ types: [...EVENT_TYPES] }]);
  });

  it.each([
    [{ url: 'ftp://r.example/' }, /http or https/],
    [{ url: 'https://r.example/\r\nx: y' }, /http or https/],
    [{ url: 'mailto:a@b.example,c@d.example', events: FEED_EVENTS }, /one address/],
    [{ url: 'mailto:a@b.example?bcc=c@d.example', events: FEED_EVENTS }, /one address/],
    [{ url: 'mailto:a@b.example' }, /add a webhook/],
    [{ events: ['record.read'] }, /Unknown events: record.read. There are: record.stored/],
    [{ events: [] }, /Name the events/],
    [{ query: '-only' }, /no word/],
    [{ secret: 'whsec_short' }, /24 to 64/],
  ])('refuses %j', async (fields, words) => {
    const delivery = { url: 'https://r.example/hook', events: RECORD_EVENTS, ...fields };
    expect(await admin.addDelivery(delivery)).toEqual({ problem: expect.stringMatching(words) });
  });

  it('makes a secret of 32 random bytes, or takes the one that is given', async () => {
    const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    expect(await admin.addDelivery({ url: 'https://r.example/', events: RECORD_EVENTS, secret })).toMatchObject({ secret });
    const made = await admin.addDelivery({ url: 'https://r.example/', events: RECORD_EVENTS });
    expect(Buffer.from('secret' in made ? made.secret.slice(6) : '', 'base64')).toHaveLength(32);
  });
});

describe('events of records', () => {
  it('begin when the delivery is added, and are told once, in order', async () => {
    const feedId = await insertFeed(db);
    await record(feedId, 'before');
    const delivery = await add();
    const id = await record(feedId, 'one');
    await query("update feedmill_data.articles set title = 'New' where id = $1", [id]);
    await Promise.all([fanOutAll(), fanOutAll()]);
    await fanOutAll();
    expect(await told(delivery)).toEqual([
      { type: 'record.stored', record: id },
      { type: 'record.changed', record: id },
    ]);
    await query('delete from feedmill_data.articles where id = $1', [id]);
    await fanOutAll();
    expect((await told(delivery)).at(-1)).toEqual({ type: 'record.deleted', record: id });
  });

  it('of a cluster are told when a record joins others, not when it gets one of its own', async () => {
    const feedId = await insertFeed(db);
    const delivery = await add();
    const [first, alone, copy] = [await record(feedId, 'first'), await record(feedId, 'alone'), await record(feedId, 'copy')];
    await query('insert into feedmill_data.fingerprints (article_id, cluster_id) values ($1, $1), ($2, $2), ($3, $1)', [
      first,
      alone,
      copy,
    ]);
    await query("select feedmill_data.note_changes(array[$1, $2, $3]::bigint[], 'update', '{cluster_id}')", [first, alone, copy]);
    await fanOutAll();
    expect(await told(delivery)).toEqual([
      ...[first, alone, copy].map((id) => ({ type: 'record.stored', record: id })),
      { type: 'record.changed', record: copy },
    ]);
  });

  it('of a record that was deleted since are left out, also after they were written', async () => {
    const feedId = await insertFeed(db);
    const delivery = await add();
    const [early, late] = [await record(feedId, 'early'), await record(feedId, 'late')];
    await query('delete from feedmill_data.articles where id = $1', [early]);
    await fanOutAll();
    expect(await told(delivery)).toEqual([
      { type: 'record.stored', record: late },
      { type: 'record.deleted', record: early },
    ]);
    await query('delete from feedmill_data.articles where id = $1', [late]);
    expect(await claimMessages(db, ROOM)).toMatchObject([{ messages: [{ type: 'record.deleted' }] }]);
    await fanOutAll();
    expect((await told(delivery)).map(({ type }) => type)).toEqual(['record.deleted', 'record.deleted']);
  });

  it('are selected by feed, folder and query, and so are deletions', async () => {
    const [a, b] = [await insertFeed(db, 'https://a.example/feed'), await insertFeed(db, 'https://b.example/feed')];
    await query("update feedmill_data.feeds set folder = 'News / World' where id = $1", [b]);
    const [byFeed, byFolder, byQuery] = [
      await add({ feedIds: [a] }),
      await add({ folder: 'News' }),
      await add({ query: 'zephyr -storm' }),
    ];
    const [inA, inB] = [await record(a, 'zephyr'), await record(b, 'storm zephyr')];
    await fanOutAll();
    await query("update feedmill_data.articles set content_text = 'storm' where id = $1", [inA]);
    await fanOutAll();
    await query('delete from feedmill_data.articles');
    await fanOutAll();
    const all = (id: number) => ['record.stored', 'record.changed', 'record.deleted'].map((type) => ({ type, record: id }));
    expect(await told(byFeed)).toEqual(all(inA));
    expect(await told(byFolder)).toEqual(all(inB).filter(({ type }) => type !== 'record.changed'));
    expect(await told(byQuery)).toEqual(all(inA));
    expect(await query('select from feedmill_data.delivery_records')).toEqual([]);
  });

  it('reach every delivery of a feed that showed the record, not only the first feed', async () => {
    const [a, b] = [await insertFeed(db, 'https://a.example/feed'), await insertFeed(db, 'https://b.example/feed')];
    const delivery = await add({ feedIds: [b] });
    const id = await record(a, 'shared');
    await query("insert into feedmill_data.entries (feed_id, key, article_id, content_hash) values ($1, 'k', $2, 'h')", [b, id]);
    await fanOutAll();
    expect(await told(delivery)).toEqual([{ type: 'record.stored', record: id }]);
  });

  it('of another feed that shows a record are told to those that select by feed and do not know the record yet', async () => {
    const [a, b] = [await insertFeed(db, 'https://a.example/feed'), await insertFeed(db, 'https://b.example/feed')];
    const [all, first, second] = [await add(), await add({ feedIds: [a] }), await add({ feedIds: [b] })];
    const id = await record(a, 'shared');
    await fanOutAll();
    await query('insert into feedmill_data.fingerprints (article_id, cluster_id) values ($1, $1)', [id]);
    await query("select feedmill_data.note_change($1, 'update', '{cluster_id}')", [id]);
    for (const key of ['once', 'twice'])
      await query('insert into feedmill_data.entries (feed_id, key, article_id, content_hash) values ($1, $2, $3, $2)', [
        b,
        key,
        id,
      ]);
    await fanOutAll();
    expect([await told(all), await told(first), await told(second)]).toEqual([
      [{ type: 'record.stored', record: id }],
      [{ type: 'record.stored', record: id }],
      [{ type: 'record.changed', record: id }],
    ]);
  });

  it('are written ahead up to a thousand messages, and the rest when there is room', async () => {
    const feedId = await insertFeed(db);
    const delivery = await add();
    await query(
      `insert into feedmill_data.articles (url, feed_id, status, due_at, title, stored_at)
       select 'https://a.example/' || n, $1, 'stored', null, 'T', now() from generate_series(1, 1500) n`,
      [feedId],
    );
    await fanOutAll();
    expect(await told(delivery)).toHaveLength(1000);
    await query('delete from feedmill_data.messages');
    await fanOutAll();
    expect(await told(delivery)).toHaveLength(500);
  });

  it('wait while the delivery is paused, and follow when it is resumed', async () => {
    const feedId = await insertFeed(db);
    const delivery = await add();
    expect(await admin.pauseDeliveries([delivery])).toEqual([delivery]);
    await record(feedId, 'meanwhile');
    await fanOutAll();
    expect(await told(delivery)).toEqual([]);
    expect(await query("select state, lag > interval '0' as behind from feedmill.deliveries")).toEqual([
      { state: 'paused', behind: true },
    ]);
    await admin.resumeDeliveries([delivery]);
    await fanOutAll();
    expect(await told(delivery)).toHaveLength(1);
  });
});

describe('a delivery whose last change was lost by a restore', () => {
  const loseAll = () => query("update feedmill_data.deliveries set cursor = '1.99999999999.1'");
  const loseLast = () =>
    query('delete from feedmill_data.changes where record_id = (select max(id) from feedmill_data.articles)');

  it.each([
    ['is ahead of all others', { lose: loseAll, first: 'notice' }],
    ['has others after it', { lose: loseLast, first: 'record' }],
  ])('is told of all that follow, and shows it: the change %s', async (_, { lose, first }) => {
    const feedId = await insertFeed(db);
    const delivery = await add();
    await record(feedId, 'before');
    await fanOutAll();
    await lose();
    const problems: string[] = [];
    const notice = () => fanOut(db, ({ message }) => problems.push(message));
    if (first === 'notice') await notice();
    const id = await record(feedId, 'after');
    await notice();
    expect((await told(delivery)).slice(1)).toEqual([{ type: 'record.stored', record: id }]);
    expect(problems).toEqual([expect.stringMatching(`^delivery ${delivery}: The database was restored to a state before`)]);
    expect(await query('select state, last_error from feedmill.deliveries')).toEqual([
      { state: 'well', last_error: expect.stringMatching(/^The database was restored to a state before/) },
    ]);
  });
});

describe('events of feeds and outages', () => {
  it('come from whatever changes the rows', async () => {
    const [a, b] = [await insertFeed(db, 'https://user:s3cret@a.example/feed'), await insertFeed(db, 'https://b.example/feed')];
    const [delivery, onlyA] = [await add({ events: FEED_EVENTS }), await add({ events: ['feed.retired'], feedIds: [a] })];
    for (const failures of [1, 2, 3, 4, 0, 1, 0])
      await query('update feedmill_data.feeds set failures = $1 where id = $2', [failures, a]);
    await query('update feedmill_data.feeds set due_at = null, paused_at = now() where id = $1', [b]);
    await query('update feedmill_data.feeds set due_at = now(), paused_at = null where id = $1', [b]);
    await query('update feedmill_data.feeds set due_at = null');
    expect(
      await query('select type, subject, data from feedmill_data.messages where delivery_id = $1 order by id', [delivery]),
    ).toMatchObject([
      { type: 'feed.failing', subject: `feed:${a}`, data: { feed_id: a, url: 'https://a.example/feed', failures_in_a_row: 3 } },
      { type: 'feed.recovered' },
      { type: 'feed.retired', subject: `feed:${a}` },
      { type: 'feed.retired', subject: `feed:${b}` },
    ]);
    expect(await told(onlyA)).toHaveLength(1);
  });

  it('do not tell of a recovery when a retired or removed feed is added again', async () => {
    const feed = await insertFeed(db, 'https://a.example/feed');
    await query('update feedmill_data.feeds set failures = 3, due_at = null where id = $1', [feed]);
    const delivery = await add({ events: FEED_EVENTS });
    await query('update feedmill_data.feeds set failures = 0, due_at = now() where id = $1', [feed]);
    expect(await told(delivery)).toEqual([]);
  });

  it('tell of a confirmed outage only', async () => {
    const delivery = await add({ events: FEED_EVENTS });
    await query('insert into feedmill_data.outages default values');
    await query('update feedmill_data.outages set ended_at = now()');
    await query('insert into feedmill_data.outages default values');
    await query('update feedmill_data.outages set believed_at = now() where ended_at is null');
    await query('update feedmill_data.outages set ended_at = now() where ended_at is null');
    expect((await told(delivery)).map(({ type }) => type)).toEqual(['outage.began', 'outage.ended']);
  });

  it('are not told if the transaction is rolled back', async () => {
    const feedId = await insertFeed(db);
    await add({ events: FEED_EVENTS });
    await query('begin; update feedmill_data.feeds set failures = 3; rollback');
    expect(await query('select from feedmill_data.messages')).toEqual([]);
    expect(feedId).toBeGreaterThan(0);
  });
});
