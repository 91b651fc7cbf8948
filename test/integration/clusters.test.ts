import { describe, expect, it } from 'vitest';
import { expireFingerprintKeys } from '../../db/clusters.js';
import { indexRecords } from '../../db/indexer.js';
import { BATCH } from '../../db/unindexed.js';
import { countRowsRead, createDatabase, insertFeed, until } from '../database.js';
import { INDEXING, waitForIndex } from './search-index.js';

const { db, admin, url } = await createDatabase();
await insertFeed(db);

describe('clusters', () => {
  const WIRE = {
    en: 'The harbour authority said on Monday that the ferry to the northern islands will sail again from next week after the repair of both engines took longer than planned. Passengers who had booked for the past days get their money back and may travel on any of the next ten days. The union of sailors called the delay a warning that the fleet is too old, and asked the ministry for new ships.',
    ja: '港湾当局は月曜日、両方のエンジンの修理が予定より長引いたため運休していた北部諸島行きのフェリーが来週から再開すると発表した。すでに予約していた乗客には運賃が払い戻され、今後十日間のどの便にも乗船できる。船員組合は今回の遅れを、船団が古すぎるという警告だとし、新しい船を省に求めた。',
  };
  const add = async (name: string, text: string) => {
    const { rows } = await db.$client.query(
      `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
       select 'https://wire.example/' || $1::text, id, 'stored', null, $1, $2, 'page', now() from feedmill_data.feeds returning id`,
      [name, text],
    );
    return Number(rows[0].id);
  };
  const selectCluster = async (id: number): Promise<number | null> => {
    const { rows } = await db.$client.query('select cluster_id from feedmill.records where id = $1', [id]);
    return rows[0].cluster_id === null ? null : Number(rows[0].cluster_id);
  };

  const readCursor = async (): Promise<string> =>
    (await db.$client.query('select feedmill.current_cursor() as cursor')).rows[0].cursor;
  const listTold = async (after: string): Promise<number[]> => {
    const told = await db.$client.query("select record_id::int as id from feedmill.changes($1) where fields = '{cluster_id}'", [
      after,
    ]);
    return told.rows.map(({ id }) => id);
  };

  it.each(Object.entries(WIRE))('contain the copies of a wire story (%s), and nothing else', async (language, text) => {
    const start = await readCursor();
    const [first, alone] = [await add(`${language} first`, text), await add(`${language} alone`, [...text].reverse().join(''))];
    expect(await selectCluster(first)).toBeNull();
    await waitForIndex(db);
    // Consumers that copy records are told of each cluster, also of one that a record has for itself.
    expect(await listTold(start)).toEqual([first, alone]);
    const cursor = await readCursor();
    const copies = [
      await add(`${language} copy`, text),
      await add(`${language} edited`, `${text} ${language === 'en' ? 'More follows.' : '続報あり。'}`),
    ];
    await waitForIndex(db);
    expect(await selectCluster(first)).toBe(first);
    expect(await selectCluster(alone)).toBe(alone);
    for (const copy of copies) expect(await selectCluster(copy)).toBe(first);
    expect(await listTold(cursor)).toEqual(copies);

    await db.$client.query('update feedmill_data.articles set content_text = $2 where id = $1', [
      copies[0],
      [...text].sort().join(' '),
    ]);
    await waitForIndex(db);
    expect(await selectCluster(copies[0] ?? 0)).toBe(copies[0]);
  });

  it('are one for copies that several indexers process at the same moment', async () => {
    // Each indexer claims one copy of every story.
    const copies: number[][] = [];
    for (let copy = 0; copy < 4; copy += 1) {
      const ids: number[] = [];
      for (let story = 0; story < BATCH; story += 1) {
        const text = Array.from({ length: 60 }, (_, n) => `${story}w${n}`).join(' ');
        ids.push(await add(`story ${story} copy ${copy}`, `${text} Copy ${copy}.`));
      }
      copies.push(ids);
    }
    // All of them look before one has written.
    const holder = await db.$client.connect();
    await holder.query('begin; lock table feedmill_data.fingerprints in share mode');
    const indexing = Promise.all(copies.map(() => indexRecords(db, INDEXING)));
    await until(async () => {
      const { rows } = await admin.query(
        "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = $1",
        [new URL(url).pathname.slice(1)],
      );
      return rows[0].n === copies.length;
    }, 'all indexers to wait');
    await holder.query('commit');
    holder.release();
    await indexing;
    for (let story = 0; story < BATCH; story += 1) {
      const clusters = await Promise.all(copies.map((ids) => selectCluster(ids[story] ?? 0)));
      expect(new Set(clusters).size, `story ${story}: ${clusters}`).toBe(1);
      expect(clusters[0]).not.toBeNull();
    }
  });

  it('are not assigned to texts that are too short', async () => {
    const ids = [await add('short one', 'Video only.'), await add('short two', 'Video only.')];
    await waitForIndex(db);
    expect(await Promise.all(ids.map(selectCluster))).toEqual([null, null]);
  });

  it('are looked for by keys, which end with their records, or some days after those were stored', async () => {
    const [old, kept, gone] = [await add('old', WIRE.en), await add('kept', WIRE.en), await add('gone', WIRE.en)];
    await waitForIndex(db);
    const withKeys = async () =>
      (
        await db.$client.query(
          'select distinct article_id::int as id from feedmill_data.fingerprint_keys where article_id = any ($1) order by 1',
          [[old, kept, gone]],
        )
      ).rows.map(({ id }) => id);
    expect(await withKeys()).toEqual([old, kept, gone]);
    await db.$client.query('delete from feedmill_data.articles where id = $1', [gone]);
    await db.$client.query("update feedmill_data.articles set stored_at = now() - interval '15 days' where id = $1", [old]);
    while (await expireFingerprintKeys(db, 14));
    expect(await withKeys()).toEqual([kept]);
    await db.$client.query('vacuum analyze feedmill_data.fingerprint_keys, feedmill_data.articles');
    const read = await countRowsRead(db, 'articles', (tx) => expireFingerprintKeys(tx as typeof db, 14));
    expect(read.by_scan).toBe(0);
  });
});

describe('two addresses of one story', () => {
  const body =
    'The council voted on Tuesday to close the old bridge to cars from the spring of next year, and to widen the paths along the river. Shops on both sides fear for their trade, while schools near by are glad of quiet mornings.';
  const add = async (feed: string, path: string, text: string, canonical: string | null) => {
    const { rows } = await db.$client.query(
      `with feed as (insert into feedmill_data.feeds (url, host) values ($1, 'same.example') on conflict (url) do update set host = excluded.host returning id),
       article as (
         insert into feedmill_data.articles (url, site, feed_id, status, due_at, title, content_text, canonical_url, content_source, stored_at)
         select 'https://same.example/' || $2::text, 'same.example', id, 'stored', null, 'Bridge', $3, 'https://same.example/' || $4::text, 'page', now() from feed returning id, feed_id
       ), entry as (
         insert into feedmill_data.entries (feed_id, key, article_id, title, content_hash) select feed_id, $2, id, 'Bridge', 'h' from article
       ) select id from article`,
      [feed, path, text, canonical],
    );
    return Number(rows[0].id);
  };
  const sightings = async (id: number) =>
    (await db.$client.query('select feed_url from feedmill.sightings where record_id = $1 order by 1', [id])).rows.map(
      (row) => row.feed_url,
    );

  it.each([
    ['the first is canonical', 'a', null, 'a'],
    ['the second is canonical', 'b/amp', 'b', null],
    ['both declare a third', 'c/1', 'c', 'c'],
  ])('become one record with both sightings if %s', async (_, path, firstCanonical, secondCanonical) => {
    const { rows } = await db.$client.query('select feedmill.current_cursor() as cursor');
    const second = path === 'a' ? 'a/amp' : path === 'b/amp' ? 'b' : 'c/2';
    const one = await add(`https://one.example/${path}`, path, body, firstCanonical);
    const two = await add(`https://two.example/${path}`, second, `${body} More soon.`, secondCanonical);
    await waitForIndex(db);
    expect(await sightings(one)).toEqual([`https://one.example/${path}`, `https://two.example/${path}`]);
    expect(await sightings(two)).toEqual([]);
    const told = await db.$client.query('select operation, record_id::int, fields from feedmill.changes($1)', [rows[0].cursor]);
    expect(told.rows).toContainEqual({ operation: 'delete', record_id: two, fields: null });
    expect(told.rows).toContainEqual({ operation: 'update', record_id: one, fields: ['sightings'] });
  });

  it('become the record of the own site if the other, even an older one, only redirected to it', async () => {
    const redirecting = await add('https://one.example/e', 'e/copy', body, 'e');
    await db.$client.query(
      "update feedmill_data.articles set url = 'https://elsewhere.example/e', site = 'elsewhere.example' where id = $1",
      [redirecting],
    );
    const other = await add('https://three.example/e', 'e/other', body, 'e');
    await db.$client.query(
      "update feedmill_data.articles set url = 'https://third.example/e', site = 'third.example' where id = $1",
      [other],
    );
    await waitForIndex(db);
    expect([await sightings(redirecting), await sightings(other)]).toEqual([
      ['https://one.example/e'],
      ['https://three.example/e'],
    ]);
    const own = await add('https://two.example/e', 'e', body, 'e');
    await waitForIndex(db);
    expect(await sightings(own)).toContain('https://one.example/e');
    expect(await sightings(redirecting)).toEqual([]);
  });

  it('become the record that a feed of the site shows, even if another feed showed the other address earlier', async () => {
    const early = await add('https://attacker.example/f', 'f?x=1', body, 'f');
    const own = await add('https://same.example/f', 'f', body, 'f');
    await db.$client.query(
      `update feedmill_data.entries e set site = case when article_id = $1 then 'same.example' else 'attacker.example' end
       where article_id in ($1, $2)`,
      [own, early],
    );
    await waitForIndex(db);
    expect([await sightings(own), await sightings(early)]).toEqual([
      ['https://attacker.example/f', 'https://same.example/f'],
      [],
    ]);
  });

  it.each([
    ['the other record', "update feedmill_data.articles set title = 'Written' where id = $1"],
    ['a sighting of the other record', "update feedmill_data.entries set title = 'Written' where article_id = $1"],
  ])('become one as soon as nobody else writes to %s, for whom the indexer does not wait', async (_, statement) => {
    const early = await add('https://one.example/g', 'g/early', body, 'g');
    await waitForIndex(db);
    const late = await add('https://two.example/g', 'g', body, 'g');
    await db.$client.query("update feedmill_data.entries set site = 'same.example' where article_id = $1", [late]);
    const writer = await db.$client.connect();
    await writer.query('begin');
    await writer.query(statement, [early]);
    await indexRecords(db, INDEXING);
    expect(await sightings(early)).toEqual(['https://one.example/g']);
    // Waits for whatever the indexer has locked.
    await writer.query("update feedmill_data.articles set title = 'Written, too' where id = $1", [late]);
    await writer.query('commit');
    writer.release();
    await waitForIndex(db);
    expect([await sightings(early), await sightings(late)]).toEqual([[], ['https://one.example/g', 'https://two.example/g']]);
    await db.$client.query('delete from feedmill_data.articles where id = $1', [late]);
  });

  it('stay two records if their texts differ, even if both declare the same canonical URL', async () => {
    const one = await add('https://one.example/d', 'd/1', body, 'd');
    const two = await add(
      'https://one.example/d',
      'd/2',
      'Nothing of that: the swimming pool opens in June, with longer hours and a new roof.',
      'd',
    );
    await waitForIndex(db);
    expect([await sightings(one), await sightings(two)]).toEqual([['https://one.example/d'], ['https://one.example/d']]);
  });
});
