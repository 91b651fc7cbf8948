import { beforeAll, describe, expect, it } from 'vitest';
import { indexRecords } from '../../db/search.js';
import { simhash } from '../../src/articles/simhash.js';
import { createDatabase, until } from '../database.js';

const { db } = await createDatabase();
const words = async (text: string): Promise<string> =>
  (await db.$client.query('select feedmill_data.search_words($1) as words', [text])).rows[0].words.trim().replace(/ +/g, ' ');

/** [title, text] by a short name. */
const RECORDS: Record<string, [string, string]> = {
  kishida: ['岸田文雄首相が会見', '安保政策について、岸田文雄首相は新しいiPhone手机について語った。'],
  security: ['日米の安保条約', '条約の歴史。文雄岸田ではない。'],
  seoul: ['서울시장 기자회견', '서울시는 새로운 정책을 발표했다.'],
  cafe: ['The café owner', 'A café in Zürich won the prize; COVID-19 closed it before. “No surrender,” she said.'],
  prize: ['Nobel prize', 'The prize went to a physicist. Nothing on coffee.'],
  moscow: ['Москва́ и Ёлка', 'В МОСКВЕ прошла встреча. Ёлки зелёные.'],
  thai: ['ข่าวกรุงเทพ', 'นายกรัฐมนตรีแถลงข่าวที่กรุงเทพมหานคร'],
  arabic: ['مَدْرَسَة', 'فتحت المدرسة أبوابها، اليوم.'],
  greek: ['Αθήνα', 'Η ΑΘΗΝΑ σήμερα'],
  full: ['ＦＵＬＬ　ｗｉｄｔｈ', 'ｶﾀｶﾅ の 表記'],
};
const ids = new Map<number, string>();
/** Until the search has seen all that was committed; a transaction elsewhere on the server may hold it up for a moment. */
const caughtUp = () =>
  until(async () => {
    while (await indexRecords(db, simhash));
    const { rows } = await db.$client.query(
      "select search_cursor = (select concat_ws('.', epoch, tx, id) from feedmill_data.changes order by epoch desc, tx desc, id desc limit 1) as done from feedmill_data.contract",
    );
    return rows[0].done === true;
  }, 'the search to catch up');

beforeAll(async () => {
  await db.$client.query("insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')");
  for (const [name, [title, text]] of Object.entries(RECORDS)) {
    const { rows } = await db.$client.query(
      `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
       select $1, id, 'stored', null, $2, $3, 'page', now() from feedmill_data.feeds returning id`,
      [`https://a.example/${name}`, title, text],
    );
    ids.set(Number(rows[0].id), name);
  }
  await caughtUp();
});

const found = async (query: string): Promise<string[]> =>
  (await db.$client.query('select record_id from feedmill.search($1)', [query])).rows.map(
    (row) => ids.get(Number(row.record_id)) ?? '?',
  );

describe('the words of a text', () => {
  it.each([
    ['It’s 3.14 & C++', 'it s 3 14 c'],
    ['Straße ÉCOLE naïve', 'straße ecole naive'],
    ['iPhone手机壳，岸田', 'iphone 手 手机 机壳 壳 岸 岸田 田'],
    ['新', '新 新'],
    ['가나', '가 가나 나'],
    ['가나', '가 가나 나'],
    ['ＡＢＣ①', 'abc1'],
    ['ﾊﾟﾝ', 'パ パン ン'],
    ['مَدْرَسَة', 'مدرسة'],
    ['📰 news🙂', 'news'],
    ['', ''],
  ])('%j', async (text, expected) => {
    expect(await words(text)).toBe(expected);
  });
});

describe('feedmill.search', () => {
  it.each([
    ['岸田文雄', ['kishida']],
    ['岸田文雄 安保', ['kishida']],
    ['安保', ['security', 'kishida']],
    ['文', ['kishida', 'security']],
    ['雄岸', ['security']],
    ['手机', ['kishida']],
    ['iPhone手机', ['kishida']],
    ['서울', ['seoul']],
    ['cafe', ['cafe']],
    ['CAFÉ zurich', ['cafe']],
    ['covid-19', ['cafe']],
    ['"prize went"', ['prize']],
    ['"went prize"', []],
    ['prize', ['prize', 'cafe']],
    ['prize -café', ['prize']],
    ['prize -"no surrender"', ['prize']],
    ['-prize', []],
    ['москве', ['moscow']],
    ['елки', ['moscow']],
    ['กรุงเทพ', ['thai']],
    ['المدرسة', ['arabic']],
    ['مدرسة', ['arabic']],
    ['αθηνα', ['greek']],
    ['full width', ['full']],
    ['カタカナ', ['full']],
    ['"unclosed prize', []],
    ['   ', []],
    ["'); drop table x; --", []],
    ['& | ! <-> :*', []],
  ])('%s', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it.each([
    ['words', 'prize '.repeat(100_000), ['prize', 'cafe']],
    ['words not wanted', '-prize '.repeat(100_000), []],
    ['quotes', '"'.repeat(100_000), []],
    ['characters without a space', '岸'.repeat(100_000), []],
  ])('takes the beginning of very many %s', async (_, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it('follows what changes, and forgets what is deleted', async () => {
    await db.$client.query("update feedmill_data.articles set content_text = 'Zebras' where title = 'Nobel prize'");
    await caughtUp();
    expect(await found('zebras')).toEqual(['prize']);
    expect(await found('physicist')).toEqual([]);
    await db.$client.query("delete from feedmill_data.articles where title = 'Nobel prize'");
    expect(await found('zebras')).toEqual([]);
  });

  it('gives pieces of the text where asked to', async () => {
    const snippet = async (query: string) =>
      (await db.$client.query('select snippet from feedmill.search($1, snippets => true)', [query])).rows[0]?.snippet;
    expect(await snippet('covid')).toContain('COVID-19 closed it');
    expect(await snippet('文雄岸田')).toBe('条約の歴史。文雄岸田ではない。');
    expect((await db.$client.query("select snippet from feedmill.search('covid')")).rows).toEqual([{ snippet: null }]);
  });

  it('is done by one process at a time, and loses nothing of many', async () => {
    await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        db.$client.query(
          `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
           select $1, id, 'stored', null, 'Swarm', $1, 'page', now() from feedmill_data.feeds`,
          [`https://a.example/swarm/${n}`],
        ),
      ),
    );
    await Promise.all([indexRecords(db, simhash), indexRecords(db, simhash), indexRecords(db, simhash)]);
    await caughtUp();
    expect((await db.$client.query("select 1 from feedmill.search('swarm', max => 500)")).rowCount).toBe(120);
  });

  it.each([
    [
      'a long text of rare characters',
      Array.from({ length: 200_000 }, (_, n) => String.fromCodePoint(0x20000 + ((n * 7919) % 40_000))).join(''),
    ],
    ['characters that stand for many', 'ﷺ'.repeat(100_000)],
    ['one long word', 'x'.repeat(1_000_000)],
    ['many words', Array.from({ length: 300_000 }, (_, n) => n.toString(36)).join(' ')],
  ])('takes in %s', async (_, text) => {
    await db.$client.query(
      `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
       select $1, id, 'stored', null, 'Endless', $2, 'page', now() from feedmill_data.feeds`,
      [`https://a.example/${text.length}${text[0]}`, text],
    );
    await caughtUp();
    expect((await found('endless')).length).toBeGreaterThan(0);
  });
});

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
  const clusterOf = async (id: number): Promise<number | null> => {
    const { rows } = await db.$client.query('select cluster_id from feedmill.records where id = $1', [id]);
    return rows[0].cluster_id === null ? null : Number(rows[0].cluster_id);
  };

  it.each(Object.entries(WIRE))('hold what sites make of one wire story (%s), and nothing else', async (language, text) => {
    const [first, alone] = [await add(`${language} first`, text), await add(`${language} alone`, [...text].reverse().join(''))];
    expect(await clusterOf(first)).toBeNull();
    await caughtUp();
    const { rows } = await db.$client.query('select feedmill.current_cursor() as cursor');
    const copies = [
      await add(`${language} copy`, text),
      await add(`${language} edited`, `${text} ${language === 'en' ? 'More follows.' : '続報あり。'}`),
    ];
    await caughtUp();
    expect(await clusterOf(first)).toBe(first);
    expect(await clusterOf(alone)).toBe(alone);
    for (const copy of copies) expect(await clusterOf(copy)).toBe(first);
    // Who copies records hears of it.
    const told = await db.$client.query("select record_id from feedmill.changes($1) where fields = '{cluster_id}'", [
      rows[0].cursor,
    ]);
    expect(told.rows.map((row) => Number(row.record_id))).toEqual(copies);

    await db.$client.query('update feedmill_data.articles set content_text = $2 where id = $1', [
      copies[0],
      [...text].sort().join(' '),
    ]);
    await caughtUp();
    expect(await clusterOf(copies[0] ?? 0)).toBe(copies[0]);
  });

  it('are none for texts too short to tell', async () => {
    const ids = [await add('short one', 'Video only.'), await add('short two', 'Video only.')];
    await caughtUp();
    expect(await Promise.all(ids.map(clusterOf))).toEqual([null, null]);
  });
});

describe('two addresses of one story', () => {
  const body =
    'The council voted on Tuesday to close the old bridge to cars from the spring of next year, and to widen the paths along the river. Shops on both sides fear for their trade, while schools near by are glad of quiet mornings.';
  const add = async (feed: string, path: string, text: string, canonical: string | null) => {
    const { rows } = await db.$client.query(
      `with feed as (insert into feedmill_data.feeds (url, host) values ($1, 'same.example') on conflict (url) do update set host = excluded.host returning id),
       article as (
         insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, canonical_url, content_source, stored_at)
         select 'https://same.example/' || $2::text, id, 'stored', null, 'Bridge', $3, 'https://same.example/' || $4::text, 'page', now() from feed returning id, feed_id
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
    ['the first is the canonical one', 'a', null, 'a'],
    ['the second is', 'b/amp', 'b', null],
    ['both name a third', 'c/1', 'c', 'c'],
  ])('become one record with both sightings where %s', async (_, path, firstCanonical, secondCanonical) => {
    const { rows } = await db.$client.query('select feedmill.current_cursor() as cursor');
    const second = path === 'a' ? 'a/amp' : path === 'b/amp' ? 'b' : 'c/2';
    const one = await add(`https://one.example/${path}`, path, body, firstCanonical);
    const two = await add(`https://two.example/${path}`, second, `${body} More soon.`, secondCanonical);
    await caughtUp();
    expect(await sightings(one)).toEqual([`https://one.example/${path}`, `https://two.example/${path}`]);
    expect(await sightings(two)).toEqual([]);
    const told = await db.$client.query('select operation, record_id::int, fields from feedmill.changes($1)', [rows[0].cursor]);
    expect(told.rows).toContainEqual({ operation: 'delete', record_id: two, fields: null });
    expect(told.rows).toContainEqual({ operation: 'update', record_id: one, fields: ['sightings'] });
  });

  it('stay two where they say something else, whatever the page names', async () => {
    const one = await add('https://one.example/d', 'd/1', body, 'd');
    const two = await add(
      'https://one.example/d',
      'd/2',
      'Nothing of that: the swimming pool opens in June, with longer hours and a new roof.',
      'd',
    );
    await caughtUp();
    expect([await sightings(one), await sightings(two)]).toEqual([['https://one.example/d'], ['https://one.example/d']]);
  });
});
