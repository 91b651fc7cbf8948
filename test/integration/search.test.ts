import { beforeAll, describe, expect, it } from 'vitest';
import { indexRecords } from '../../db/indexer.js';
import { createDatabase } from '../database.js';
import { INDEXING, waitForIndex } from './search-index.js';

const { db } = await createDatabase();
const words = async (text: string): Promise<string> =>
  (await db.$client.query('select feedmill_data.search_words($1) as words', [text])).rows[0].words.trim().replace(/ +/g, ' ');

/** Title and text of each record, by a short name. */
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
  await waitForIndex(db);
});

const found = async (query: string): Promise<string[]> =>
  (await db.$client.query('select record_id from feedmill.search($1)', [query])).rows.map(
    (row) => ids.get(Number(row.record_id)) ?? '?',
  );

describe('search_words', () => {
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
    ['unwanted words', '-prize '.repeat(100_000), []],
    ['quotes', '"'.repeat(100_000), []],
    ['characters without a space', '岸'.repeat(100_000), []],
    ['characters that expand to many', 'ﷺ'.repeat(1_000), []],
    ['words that expand to many', 'prize ﷺ '.repeat(1_000), []],
  ])('uses the beginning of a query of very many %s', async (_, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it('follows changes and deletions', async () => {
    await db.$client.query("update feedmill_data.articles set content_text = 'Zebras' where title = 'Nobel prize'");
    await waitForIndex(db);
    expect(await found('zebras')).toEqual(['prize']);
    expect(await found('physicist')).toEqual([]);
    await db.$client.query("delete from feedmill_data.articles where title = 'Nobel prize'");
    expect(await found('zebras')).toEqual([]);
  });

  it('returns snippets on request', async () => {
    const snippet = async (query: string) =>
      (await db.$client.query('select snippet from feedmill.search($1, snippets => true)', [query])).rows[0]?.snippet;
    expect(await snippet('covid')).toContain('COVID-19 closed it');
    expect(await snippet('文雄岸田')).toBe('条約の歴史。文雄岸田ではない。');
    expect((await db.$client.query("select snippet from feedmill.search('covid')")).rows).toEqual([{ snippet: null }]);
  });

  it('indexes every record when several processes run at once', async () => {
    await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        db.$client.query(
          `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
           select $1, id, 'stored', null, 'Swarm', $1, 'page', now() from feedmill_data.feeds`,
          [`https://a.example/swarm/${n}`],
        ),
      ),
    );
    await Promise.all([indexRecords(db, INDEXING), indexRecords(db, INDEXING), indexRecords(db, INDEXING)]);
    await waitForIndex(db);
    expect((await db.$client.query("select 1 from feedmill.search('swarm', max => 500)")).rowCount).toBe(120);
  });

  it.each([
    [
      'a long text of rare characters',
      Array.from({ length: 200_000 }, (_, n) => String.fromCodePoint(0x20000 + ((n * 7919) % 40_000))).join(''),
    ],
    ['characters that expand to many', 'ﷺ'.repeat(100_000)],
    ['one long word', 'x'.repeat(1_000_000)],
    ['many words', Array.from({ length: 300_000 }, (_, n) => n.toString(36)).join(' ')],
  ])('indexes %s', async (_, text) => {
    await db.$client.query(
      `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
       select $1, id, 'stored', null, 'Endless', $2, 'page', now() from feedmill_data.feeds`,
      [`https://a.example/${text.length}${text[0]}`, text],
    );
    await waitForIndex(db);
    expect((await found('endless')).length).toBeGreaterThan(0);
  });
});
