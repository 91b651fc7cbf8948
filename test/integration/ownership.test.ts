import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FeedEntry } from '../../src/feeds/feed.js';
import { articleRecord, feedEntry } from '../builders.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { feeds, articles, claim, subscribe, endPoll, startArticle } = createWorker(db);

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

/** A subscribed feed whose poll is not due. */
async function follow(host: string) {
  const feed = await subscribe(host);
  await endPoll(feed.id);
  return feed;
}

/** Entry 1 of site.example, as a feed words it. */
const worded = (title: string, fields: Partial<FeedEntry> = {}): FeedEntry =>
  feedEntry(1, { host: 'site.example', title, contentHash: title, ...fields });

/** The titles that articles are made with when everything due has been claimed. */
async function readDue(): Promise<(string | undefined)[]> {
  await db.execute(sql`update feedmill_data.hosts set leases = '{}', turn_at = now()`);
  const titles: (string | undefined)[] = [];
  for (const id of (await claim()).articles) {
    const article = await startArticle(id);
    titles.push(article.feed.title);
    const record = articleRecord({ title: article.feed.title ?? 'from the page' });
    await articles.recordArticle(article, { kind: 'stored', record }, {});
  }
  return titles;
}

const loadTitles = async () =>
  (await db.execute<{ url: string; title: string }>(sql`select url, title from feedmill.records order by url`)).rows;

describe('a record can be changed', () => {
  it('by its first feed, and not by a later one, whose words are kept as its sighting', async () => {
    const [first, later] = [await follow('planet.example'), await follow('other.example')];
    await feeds.addEntries(first, [worded('first')]);
    expect(await readDue()).toEqual(['first']);
    await feeds.addEntries(later, [worded('later')]);
    await feeds.addEntries(later, [worded('later, edited', { contentHtml: `<p>${'long '.repeat(999)}</p>` })]);
    expect(await readDue()).toEqual([]);
    await feeds.addEntries(first, [worded('first, edited')]);
    expect(await readDue()).toEqual(['first, edited']);
    const { rows } = await db.execute(sql`select title from feedmill.sightings order by title`);
    expect(rows).toEqual([{ title: 'first, edited' }, { title: 'later, edited' }]);
  });

  it('by a feed that comes to its site, which takes over what another feed showed first', async () => {
    const [attacker, own] = [await follow('attacker.example'), await follow('feeds.example')];
    await feeds.addEntries(attacker, [worded('forged')]);
    await feeds.addEntries(own, [worded('own')]);
    expect(await readDue()).toEqual(['forged']);
    await endPoll(own.id, { move: { kind: 'adopt', to: 'https://site.example/feed' } });
    await feeds.addEntries({ ...own, url: 'https://site.example/feed' }, [worded('own')]);
    expect(await readDue()).toEqual(['own']);
  });

  it("by a feed of its own site, which takes over what another feed showed first, and then by that site's feeds only", async () => {
    const [attacker, own] = [await follow('attacker.example'), await follow('feeds.site.example')];
    await feeds.addEntries(attacker, [worded('forged', { contentHtml: '<p>forged</p>' })]);
    expect(await readDue()).toEqual(['forged']);
    await feeds.addEntries(own, [worded('own')]);
    expect(await readDue()).toEqual(['own']);
    await feeds.addEntries(attacker, [worded('forged again')]);
    expect(await readDue()).toEqual([]);
    await feeds.addEntries(own, [worded('own, edited')]);
    expect(await readDue()).toEqual(['own, edited']);
  });

  it('by the owner before it is stored, whoever edits last', async () => {
    const [own, attacker] = [await follow('site.example'), await follow('attacker.example')];
    await feeds.addEntries(own, [worded('own')]);
    await feeds.addEntries(attacker, [worded('forged')]);
    await feeds.addEntries(attacker, [worded('forged again')]);
    expect(await readDue()).toEqual(['own']);
  });

  it('by nobody else once its first feed shows it no more', async () => {
    const [first, later] = [await follow('planet.example'), await follow('other.example')];
    await feeds.addEntries(first, [worded('first')]);
    expect(await readDue()).toEqual(['first']);
    await feeds.addEntries(later, [worded('later')]);
    await feeds.addEntries(first, [worded('first', { normalizedUrl: 'https://site.example/2' })]);
    expect(await readDue()).toEqual(['first']);
    await feeds.addEntries(later, [worded('later, edited')]);
    expect(await readDue()).toEqual([]);
    expect(await loadTitles()).toEqual([
      { url: 'https://site.example/1', title: 'first' },
      { url: 'https://site.example/2', title: 'first' },
    ]);
  });
});

describe('a feed of another site gets no hold of a record', () => {
  it('by moving the link of its entry to the page of a record', async () => {
    const [own, attacker] = [await follow('site.example'), await follow('attacker.example')];
    await feeds.addEntries(own, [worded('own')]);
    await feeds.addEntries(attacker, [worded('bait', { normalizedUrl: 'https://attacker.example/1' })]);
    expect((await readDue()).sort()).toEqual(['bait', 'own']);
    await feeds.addEntries(attacker, [worded('forged')]);
    expect(await readDue()).toEqual([]);
    expect(await loadTitles()).toEqual([
      { url: 'https://attacker.example/1', title: 'bait' },
      { url: 'https://site.example/1', title: 'own' },
    ]);
  });

  it('by giving its own record the address of a page that nobody has shown yet', async () => {
    const [own, attacker] = [await follow('site.example'), await follow('attacker.example')];
    await feeds.addEntries(attacker, [worded('bait', { normalizedUrl: 'https://attacker.example/1' })]);
    expect(await readDue()).toEqual(['bait']);
    await feeds.addEntries(attacker, [worded('bait')]);
    expect((await loadTitles()).map(({ url }) => url)).toEqual(['https://attacker.example/1']);
    expect(await readDue()).toEqual(['bait']);
    await feeds.addEntries(own, [worded('own')]);
    expect(await readDue()).toEqual(['own']);
    expect(await loadTitles()).toContainEqual({ url: 'https://site.example/1', title: 'own' });
  });

  it('by taking a record that another feed showed first to an address of its own, when only its entry is left', async () => {
    const [first, attacker] = [await follow('site.example'), await follow('attacker.example')];
    await feeds.addEntries(first, [worded('own')]);
    await feeds.addEntries(attacker, [worded('forged')]);
    expect(await readDue()).toEqual(['own']);
    await feeds.addEntries(first, [worded('own', { normalizedUrl: 'https://site.example/2' })]);
    await feeds.addEntries(attacker, [worded('forged', { normalizedUrl: 'https://attacker.example/1' })]);
    const { rows } = await db.execute<{ url: string }>(sql`select url from feedmill_data.articles order by url`);
    expect(rows.map(({ url }) => url)).toEqual([
      'https://attacker.example/1',
      'https://site.example/1',
      'https://site.example/2',
    ]);
  });

  it("by leaving behind what it made of a page before that page's own feed shows it", async () => {
    const [own, attacker] = [await follow('site.example'), await follow('attacker.example')];
    const elsewhere = { normalizedUrl: 'https://attacker.example/1' };
    await feeds.addEntries(attacker, [worded('forged'), worded('bait', { key: 'k2', ...elsewhere })]);
    expect((await readDue()).sort()).toEqual(['bait', 'forged']);
    await feeds.addEntries(attacker, [worded('gone', elsewhere)]);
    await readDue();
    await feeds.addEntries(own, [worded('own')]);
    expect(await readDue()).toEqual(['own']);
    expect(await loadTitles()).toContainEqual({ url: 'https://site.example/1', title: 'own' });
  });

  it('by moving an article whose page is under way to the address of somebody else: no page of its own is stored there', async () => {
    const [helper, attacker] = [await follow('helper.example'), await follow('attacker.example')];
    const bait = { normalizedUrl: 'https://attacker.example/1' };
    await feeds.addEntries(helper, [
      worded('bait', bait),
      worded('other', { key: 'k2', normalizedUrl: 'https://helper.example/2' }),
    ]);
    await feeds.addEntries(attacker, [worded('bait', bait)]);
    await feeds.addEntries(helper, [worded('bait', { normalizedUrl: 'https://helper.example/2' })]);
    await db.execute(sql`
      update feedmill_data.articles set page_url = 'https://attacker.example/forged', hops = 1 where url = 'https://attacker.example/1'`);
    await feeds.addEntries(attacker, [worded('forged')]);
    const { rows } = await db.execute(sql`
      select url, page_url from feedmill_data.articles where url = 'https://site.example/1' and page_url is not null`);
    expect(rows).toEqual([]);
  });

  it("by the guid of the owner's entry", async () => {
    const [own, attacker] = [await follow('site.example'), await follow('attacker.example')];
    await feeds.addEntries(own, [worded('own', { key: 'guid', guid: 'guid' })]);
    await feeds.addEntries(attacker, [worded('forged', { key: 'guid', guid: 'guid' })]);
    expect(await readDue()).toEqual(['own']);
    await feeds.addEntries(attacker, [worded('forged again', { key: 'guid', guid: 'guid' })]);
    expect(await readDue()).toEqual([]);
  });

  it("by taking the owner's address for itself: what it said before stays the word of its old site", async () => {
    const attacker = await follow('attacker.example');
    const planet = await follow('planet.example');
    await feeds.addEntries(planet, [worded('first')]);
    await feeds.addEntries(attacker, [worded('forged')]);
    await endPoll(attacker.id, { move: { kind: 'adopt', to: 'https://site.example/feed' } });
    await db.execute(sql`update feedmill_data.articles set due_at = now()`);
    expect(await readDue()).toEqual(['first']);
  });
});

it('rows that are older than the columns get their sites when their feed is polled, and are the property of their first feed until then', async () => {
  const [own, other] = [await follow('site.example'), await follow('other.example')];
  await feeds.addEntries(own, [worded('own')]);
  await feeds.addEntries(other, [worded('other')]);
  expect(await readDue()).toEqual(['own']);
  await db.execute(sql`update feedmill_data.articles set site = null; update feedmill_data.entries set site = null`);
  await feeds.addEntries(other, [worded('other, edited')]);
  expect(await readDue()).toEqual([]);
  await feeds.addEntries(own, [worded('own')]);
  const { rows } = await db.execute(
    sql`select e.site, a.site as article from feedmill_data.entries e join feedmill_data.articles a on a.id = e.article_id order by 1`,
  );
  expect(rows).toEqual([
    { site: 'other.example', article: 'site.example' },
    { site: 'site.example', article: 'site.example' },
  ]);
  await feeds.addEntries(own, [worded('own, edited')]);
  expect(await readDue()).toEqual(['own, edited']);
});
