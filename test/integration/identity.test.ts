import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { feedStore } from '../../db/feeds.js';
import { hostStore } from '../../db/hosts.js';
import { expireRecords } from '../../db/retention.js';
import { readIdentifiedFeed } from '../../src/feeds/read.js';
import { refreshFeed } from '../../src/jobs/refresh-feed.js';
import { createDatabase, lease } from '../database.js';

const { db } = await createDatabase();
const toHostKey = (address: string) => new URL(address).host;
const feeds = feedStore(db, {
  leaseMs: 60_000,
  hostGapMs: 0,
  hostConcurrency: 1,
  toHostKey,
  maxNewPerDay: 5_000,
  maxNewHosts: 1_000,
});

interface Item {
  guid?: string;
  link?: string;
  title?: string;
  text?: string;
  date?: string;
  more?: string;
}
const element = (name: string, text: string | undefined) => (text === undefined ? '' : `<${name}>${text}</${name}>`);
const rss = (items: readonly Item[]) =>
  `<rss version="2.0"><channel><title>F</title>${items
    .map(
      ({ guid, link, title, text, date, more = '' }) =>
        `<item>${guid === undefined ? '' : `<guid isPermaLink="false">${guid}</guid>`}${element('link', link)}${element('title', title)}${element('description', text)}${element('pubDate', date)}${more}</item>`,
    )
    .join('')}</channel></rss>`;

/** Subscribes to a feed. @returns a function that polls it as a worker does, but without the network */
async function subscribe(content: 'page' | 'feed' = 'page') {
  const [feed] = await feeds.addFeeds([{ url: 'https://news.example/feed', content }]);
  if (!feed) throw new Error('not added');
  return async (items: readonly Item[]) => {
    const body = new TextEncoder().encode(rss(items));
    await lease(db, 'feeds', feed.id);
    const handle = refreshFeed({
      ...feeds,
      ...hostStore(db),
      readFeed: readIdentifiedFeed,
      fetchUrl: async (url) => ({ kind: 'fetched', status: 200, url, contentType: 'text/xml', body, validators: {} }),
      inOutage: async () => false,
      toHostKey,
      monotonicMs: () => 0,
      random: () => 0.5,
      cadence: { minMs: 1, maxMs: 86_400_000 },
      retryBaseMs: 1,
      robotsForFeeds: false,
      userAgent: 'test',
    });
    const report = await handle({ id: feed.id });
    const { rows } = await db.execute<{ entries: number; articles: number; identity: string }>(sql`
      select (select count(*)::int from feedmill_data.entries) as entries, (select count(*)::int from feedmill_data.articles) as articles,
             (select identity from feedmill_data.feeds) as identity`);
    return { status: report.status, new: 'new' in report ? report.new : undefined, ...rows[0] };
  };
}
const titles = async () =>
  (await db.execute<{ title: string }>(sql`select title from feedmill_data.entries order by id`)).rows.map(({ title }) => title);
const urls = async () =>
  (await db.execute<{ url: string }>(sql`select url from feedmill_data.articles order by url`)).rows.map(({ url }) => url);

const day = (n: number) => new Date(Date.UTC(2026, 0, n, 12)).toUTCString();
const at = (path: string | number) => `https://news.example/${path}`;
/** This many items without problems. */
const stories = (count: number, change: (n: number) => Item = () => ({})): Item[] =>
  Array.from({ length: count }, (_, n) => ({
    guid: `g${n}`,
    link: at(n),
    title: `Story ${n}`,
    text: `Text ${n}`,
    date: day(n + 1),
    ...change(n),
  }));

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

describe('no entry is lost', () => {
  it('if a feed gives all its items the same guid', async () => {
    const poll = await subscribe();
    const same = stories(5, () => ({ guid: 'feed' }));
    expect(await poll(same.slice(0, 3))).toMatchObject({ new: 3, articles: 3 });
    expect(await poll(same.slice(1))).toMatchObject({ new: 2, articles: 5 });
    // Only one of these items is left, so that its guid is unique.
    expect(await poll(same.slice(4))).toMatchObject({ new: 0, entries: 5 });
  });

  it('if each document has one item, always with the same guid', async () => {
    const poll = await subscribe();
    const same = stories(3, () => ({ guid: 'latest' }));
    for (const [n, story] of same.entries()) expect(await poll([story])).toMatchObject({ new: 1, articles: n + 1 });
    expect(await poll(same.slice(2))).toMatchObject({ new: 0, entries: 3 });
  });

  it('if the id of a deleted item is reused', async () => {
    const poll = await subscribe();
    await poll(stories(3));
    const again = { guid: 'g2', link: at('other'), title: 'Another story', date: day(9) };
    expect(await poll([...stories(2), again])).toMatchObject({ new: 1, articles: 4 });
    expect(await poll([...stories(2), { ...again, text: 'edited' }])).toMatchObject({ new: 0, entries: 4 });
  });

  it('without links', async () => {
    const poll = await subscribe('feed');
    const linkless = stories(4).map(({ link: _, guid = '', ...item }, n) => (n % 2 ? { ...item, guid } : item));
    expect(await poll(linkless)).toMatchObject({ new: 4, articles: 4 });
    expect(await poll(linkless)).toMatchObject({ new: 0, entries: 4 });
  });

  it('without guids', async () => {
    const poll = await subscribe();
    const bare = stories(3).map(({ guid: _, ...item }) => item);
    expect(await poll(bare)).toMatchObject({ new: 3, articles: 3 });
    expect(await poll(bare.map((item) => ({ ...item, link: `${item.link}?utm_source=feed` })))).toMatchObject({ new: 0 });
  });

  it('without guids, if all items link to one page', async () => {
    const poll = await subscribe();
    const bare = stories(3).map(({ guid: _, ...item }) => ({ ...item, link: at('') }));
    expect(await poll(bare.slice(0, 1))).toMatchObject({ new: 1 });
    expect(await poll(bare)).toMatchObject({ new: 2, entries: 3 });
  });

  it('if all items link to one page: each keeps a record of its own', async () => {
    const poll = await subscribe();
    const front = stories(4, () => ({ link: at('') }));
    expect(await poll(front.slice(0, 3))).toMatchObject({ new: 3, articles: 3 });
    expect(await poll(front)).toMatchObject({ new: 1, articles: 4 });
    expect(await poll(front.slice(3))).toMatchObject({ new: 0, articles: 4, entries: 4 });
    const changed = front.map((item, n) => ({ ...item, guid: `other${n}` }));
    expect(await poll(changed)).toMatchObject({ new: 0, entries: 4, identity: 'link' });
    const { rows } = await db.execute(sql`select count(*)::int as n from feedmill_data.articles where host is not null`);
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('if all guids and links are the same', async () => {
    const poll = await subscribe();
    const alike = stories(3, () => ({ guid: at(''), link: at('') }));
    expect(await poll(alike)).toMatchObject({ new: 3, entries: 3 });
    expect(await poll(alike)).toMatchObject({ new: 0, entries: 3 });
  });
});

describe('no entry is doubled', () => {
  it('if the guid changes when an item is edited', async () => {
    const poll = await subscribe();
    await poll(stories(3));
    expect(await poll(stories(3, (n) => (n === 1 ? { guid: 'g1-edited', text: 'More' } : {})))).toMatchObject({
      new: 0,
      entries: 3,
    });
    // The next edit of its title belongs to the same entry.
    expect(await poll(stories(3, (n) => (n === 1 ? { guid: 'g1-edited', title: 'Corrected', date: day(8) } : {})))).toMatchObject(
      {
        new: 0,
        entries: 3,
      },
    );
    expect(await titles()).toEqual(['Story 0', 'Corrected', 'Story 2']);
  });

  it('if guids change at each fetch, which is detected and remembered', async () => {
    const poll = await subscribe();
    expect(await poll(stories(4, (n) => ({ guid: `a${n}` })))).toMatchObject({ new: 4, identity: 'guid' });
    expect(await poll(stories(4, (n) => ({ guid: `b${n}` })))).toMatchObject({ new: 0, identity: 'link' });
    expect(await poll(stories(5, (n) => ({ guid: `c${n}`, title: `Edited ${n}`, date: day(20) })))).toMatchObject({
      new: 1,
      entries: 5,
    });
  });

  it('if guids change at each fetch and there are no links', async () => {
    const poll = await subscribe('feed');
    const linkless = (letter: string) => stories(4).map(({ link: _, ...item }, n) => ({ ...item, guid: `${letter}${n}` }));
    expect(await poll(linkless('a'))).toMatchObject({ new: 4 });
    expect(await poll(linkless('b'))).toMatchObject({ new: 0, identity: 'link' });
    expect(await poll(linkless('c'))).toMatchObject({ new: 0, entries: 4, articles: 4 });
  });

  it('when a feed starts to give guids, and when it stops', async () => {
    const poll = await subscribe();
    await poll(stories(4).map(({ guid: _, ...item }) => item));
    expect(await poll(stories(4))).toMatchObject({ new: 0 });
    expect(await poll(stories(4).map(({ guid: _, ...item }) => item))).toMatchObject({ new: 0, entries: 4 });
  });

  it('when a guid that several items shared is left on one', async () => {
    const poll = await subscribe();
    await poll(stories(2, () => ({ guid: 'x' })));
    expect(await poll(stories(1, () => ({ guid: 'x' })))).toMatchObject({ new: 0, entries: 2 });
  });

  it('when records have expired and the guids of their items change', async () => {
    const poll = await subscribe();
    await poll(stories(4));
    await db.execute(
      sql`update feedmill_data.articles set status = 'stored', stored_at = now() - interval '9 days', due_at = null`,
    );
    await expireRecords(db, 5);
    expect(await poll(stories(4, (n) => ({ guid: `other${n}` })))).toMatchObject({
      new: 0,
      entries: 4,
      articles: 0,
      identity: 'link',
    });
    expect(await poll(stories(5, (n) => ({ guid: `another${n}` })))).toMatchObject({ new: 1, entries: 5, articles: 1 });
  });

  it('when the order changes', async () => {
    const poll = await subscribe();
    await poll(stories(5));
    expect(await poll(stories(5).reverse())).toMatchObject({ new: 0, entries: 5 });
  });

  it.each<[string, (n: number) => Item]>([
    ['https', (n) => ({ guid: `https://news.example/${n}`, link: `https://news.example/${n}` })],
    [
      'another host and other paths',
      (n) => ({ guid: `tag:new,2026:${n}`, link: `https://www.other.example/2026/story-${n}.html` }),
    ],
  ])('by a redesign: %s', async (_, redesign) => {
    const poll = await subscribe();
    await poll(stories(5, (n) => ({ guid: `http://news.example/${n}`, link: `http://news.example/${n}` })));
    expect(await poll([...stories(5, redesign), { guid: 'new', link: at('new'), title: 'New', date: day(9) }])).toMatchObject({
      new: 1,
      entries: 6,
      articles: 6,
    });
    expect((await urls()).some((url) => url.startsWith('http:'))).toBe(false);
  });
});

describe('a correction by the publisher', () => {
  it('of a link moves the record, whose page is fetched from the new address', async () => {
    const poll = await subscribe();
    await poll(stories(2));
    await db.execute(
      sql`update feedmill_data.articles set due_at = null, status = 'failed', error = 'missing', page_url = 'https://moved.example/', host = 'moved.example'`,
    );
    expect(await poll(stories(2, (n) => (n === 1 ? { link: 'https://other.example/right' } : {})))).toMatchObject({
      new: 0,
      articles: 2,
    });
    const { rows } = await db.execute(
      sql`select a.url, a.host, a.page_url, a.status, a.due_at is not null as due, e.url as entry from feedmill_data.articles a
          join feedmill_data.entries e on e.article_id = a.id order by a.url`,
    );
    expect(rows).toEqual([
      { url: at(0), host: 'moved.example', page_url: 'https://moved.example/', status: 'failed', due: false, entry: at(0) },
      {
        url: 'https://other.example/right',
        host: 'other.example',
        page_url: null,
        status: 'pending',
        due: true,
        entry: 'https://other.example/right',
      },
    ]);
  });

  it('of a link to a known story merges the two', async () => {
    const poll = await subscribe();
    await poll(stories(2));
    await poll(stories(2, () => ({ link: at(0) })));
    const { rows } = await db.execute(sql`select count(distinct article_id)::int as n from feedmill_data.entries`);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('of the text fetches the page again, from its own address', async () => {
    const poll = await subscribe();
    await poll(stories(1));
    await db.execute(
      sql`update feedmill_data.articles set due_at = null, page_url = 'https://moved.example/', host = 'moved.example', hops = 1`,
    );
    await poll(stories(1, () => ({ text: 'Corrected' })));
    const { rows } = await db.execute(sql`select host, page_url, hops, due_at is not null as due from feedmill_data.articles`);
    expect(rows).toEqual([{ host: 'news.example', page_url: null, hops: 0, due: true }]);
  });

  it('of a detail is stored without fetching the page', async () => {
    const poll = await subscribe();
    await poll(stories(1));
    await db.execute(sql`update feedmill_data.articles set due_at = null`);
    const more =
      '<category>C</category><enclosure url="https://news.example/a.mp3" type="audio/mpeg" length="9"/><language>fr</language>';
    await poll(stories(1, () => ({ more })));
    const look = async () =>
      (
        await db.execute(
          sql`select e.categories, e.enclosures, e.xmin::text as version, a.due_at from feedmill_data.entries e join feedmill_data.articles a on a.id = e.article_id`,
        )
      ).rows[0];
    const first = await look();
    expect(first).toMatchObject({
      categories: ['C'],
      enclosures: [{ url: 'https://news.example/a.mp3', type: 'audio/mpeg', length: 9 }],
      due_at: null,
    });
    await poll([...stories(1, () => ({ more })), { guid: 'other' }]);
    expect((await look())?.version).toBe(first?.version);
  });
});
