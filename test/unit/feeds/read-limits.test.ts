import { expect, it } from 'vitest';
import { readFeed } from '../../../src/feeds/read.js';
import { readFeedText } from '../../builders.js';

const MANY = 200_000;

it.each([
  ['RSS', `<rss version="2.0"><channel><title>T</title>${'<item/>'.repeat(MANY)}</channel></rss>`],
  [
    'RSS with titles',
    `<rss version="2.0"><channel><title>T</title>${'<item><title>a</title></item>'.repeat(MANY)}</channel></rss>`,
  ],
  ['Atom', `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>${'<entry><title>a</title></entry>'.repeat(MANY)}</feed>`],
  ['JSON Feed', JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'T', items: Array(MANY).fill(0) })],
])('keeps at most 1,000 of hundreds of thousands of items: %s', async (_, document) => {
  const feed = await readFeedText(document);
  expect(feed.title).toBe('T');
  expect(feed.entries.length).toBeLessThanOrEqual(1_000);
  expect(feed.entries.length + feed.entriesDropped).toBe(MANY);
});

it.each([
  ['javascript:alert(1)', { badLink: 'javascript:alert(1)' }],
  ['data:text/html,x', { badLink: 'data:text/html,x' }],
  ['file:///etc/passwd', { badLink: 'file:///etc/passwd' }],
  ['/a', { url: 'https://news.example/a' }],
])('tells an unsafe link from the link of a page: %s', async (link, expected) => {
  const feed = await readFeedText(
    `<rss version="2.0"><channel><title>T</title><item><title>a</title><link>${link}</link></item></channel></rss>`,
  );
  expect(feed.entries[0]).toMatchObject(expected);
});

it('drops NUL and half characters from a JSON Feed', async () => {
  const item =
    '{"id":"a\\u0000b\\ud800","title":"t","tags":["x\\u0000"],"authors":[{"name":"n\\udc00"}],"url":"https://n.example/1"}';
  const feed = await readFeedText(`{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[${item}]}`);
  expect(feed.entries[0]).toMatchObject({ guid: 'ab\ufffd', categories: ['x'], authors: ['n\ufffd'] });
});

it.each([
  ['nested elements', `<rss version="2.0"><channel><title>x</title><item>${'<a>'.repeat(2_000_000)}`],
  ['elements of one item', `<rss version="2.0"><channel><item>${'<enclosure url="a"/>'.repeat(800_000)}</item></channel></rss>`],
  ['objects', `{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[${'{},'.repeat(2_000_000)}{}]}`],
  ['nested lists', `{"version":"https://jsonfeed.org/version/1.1","items":${'['.repeat(2_000_000)}`],
])('refuses a document of millions of %s before it fills the memory', async (_, document) => {
  const before = process.memoryUsage().heapUsed;
  const reading = await readFeed({ body: Buffer.from(document), contentType: '', url: 'https://news.example/feed' });
  expect(reading).toMatchObject({ kind: 'not-a-feed', reason: expect.stringContaining('elements') });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(300_000_000);
});
