import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OPML_NAMESPACE, type OpmlFeed } from '../../../src/feeds/opml.js';
import { POLL_INTERVAL } from '../../../src/feeds/poll-interval.js';
import { readOpml, writeOpml } from '../../opml.js';

/** Texts as titles and names of folders may be: with markup, separators, control characters and unpaired surrogates. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'ab <>&"\'/ \t\n\r\u0000\ufffeü岸'), maxLength: 20 }),
  fc.array(fc.constantFrom('News', 'Local', 'a & b', ''), { maxLength: 14 }).map((parts) => parts.join(' / ')),
);

const settings = fc.record(
  {
    content: fc.constantFrom('page' as const, 'feed' as const),
    pollEveryMs: fc.integer({ min: POLL_INTERVAL.sample, max: POLL_INTERVAL.longest }),
    ignoreRobots: fc.boolean(),
    gapMs: fc.integer({ min: 0, max: 3_600_000 }),
    paused: fc.boolean(),
    headers: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), fc.stringMatching(/^[\x21-\x7e]{1,40}$/), { maxKeys: 5 }),
  },
  { requiredKeys: [] },
);

const feed = fc
  .tuple(settings, fc.record({ title: anyText, folder: anyText, siteUrl: fc.oneof(fc.webUrl(), anyText) }, { requiredKeys: [] }))
  .map(([own, about]): OpmlFeed => ({ url: '', ...own, ...about }));
/** Feeds of different addresses. */
const feeds = fc
  .array(feed, { maxLength: 12 })
  .map((list) => list.map((one, n) => ({ ...one, url: `https://a${n}.example/feed?a=1&b="2"`.replaceAll('"', '%22') })));

const read = (text: string) => {
  const reading = readOpml(text);
  expect(reading.refusal).toBeUndefined();
  expect(reading.problems).toEqual([]);
  return reading.feeds;
};

it('writes the same file again from what it reads in it', () =>
  fc.assert(
    fc.asyncProperty(feeds, async (list) => {
      const text = await writeOpml(list);
      expect(await writeOpml(read(text))).toBe(text);
    }),
  ));

/** A feed's settings, with the defaults of those that are not written. */
const effective = ({ content = 'page', ignoreRobots = false, paused = false, pollEveryMs, gapMs, headers }: OpmlFeed) => ({
  content,
  ignoreRobots,
  paused,
  pollEveryMs,
  gapMs,
  headers,
});

it('keeps all settings', () =>
  fc.assert(
    fc.asyncProperty(feeds, async (list) => {
      const back = new Map(read(await writeOpml(list)).map((one) => [one.url, effective(one)]));
      for (const one of list) expect(back.get(one.url)).toEqual(effective(one));
    }),
  ));

const opml = (attributes: string, namespace = OPML_NAMESPACE) =>
  `<opml version="2.0" xmlns:f="${namespace}" xmlns:g="https://other.example/"><body>
    <outline text="A" xmlUrl="https://a.example/f" ${attributes}/></body></opml>`;

it.each([
  ['under any prefix', opml('f:every="30m" f:Paused="true"'), { pollEveryMs: 1_800_000, paused: true }],
  ['not those of another namespace', opml('g:every="30m" every="20m" f:gap="2s" g:gap="9s"'), { gapMs: 2_000 }],
  ['none if ours is not declared', opml('f:every="30m"', 'https://third.example/'), {}],
])('reads our attributes %s', (_, text, expected) =>
  expect(read(text)).toEqual([{ url: 'https://a.example/f', title: 'A', ...expected }]),
);

it.each([
  'every="soon"',
  'every="1s"',
  'content="all"',
  'paused="maybe"',
  'gap="2h"',
  'headers="[1]"',
  `headers='{"a":1}'`,
  `headers='{"a":"\\u0000"}'`,
])('reports a value that it cannot use, and imports the feed: %s', (attribute) =>
  expect(readOpml(opml(`f:${attribute}`))).toMatchObject({
    feeds: [{ url: 'https://a.example/f', title: 'A' }],
    problems: [expect.stringMatching(/^A <https:\/\/a\.example\/f>: \w+ has a value that can't be used/)],
  }),
);
