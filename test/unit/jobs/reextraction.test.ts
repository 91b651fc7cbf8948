import { describe, expect, it } from 'vitest';
import type { ArticleReading, Page } from '../../../src/articles/article.js';
import type { CurrentRecord } from '../../../src/articles/compare-records.js';
import type { ReadInput } from '../../../src/articles/read.js';
import { type KeptPage, pagesOfLastFetch, type RecordToExtract, reextract } from '../../../src/jobs/reextraction.js';
import type { Stopped } from '../../../src/jobs/stopped.js';
import { articleRecord } from '../../builders.js';

const AT = new Date('2026-03-01T12:00:00Z');
const minutes = (n: number) => new Date(AT.getTime() + n * 60_000);
const kept = (number: number, fetchedAt = minutes(number)): KeptPage => ({
  number,
  fetchedAt,
  url: `https://a.example/1?p=${number}`,
  contentType: 'text/html',
  body: Buffer.from(''),
});

describe('pagesOfLastFetch', () => {
  it.each<[string, KeptPage[], number]>([
    ['none', [], 0],
    ['all of one fetch', [kept(1), kept(2), kept(3)], 3],
    ['none from before the first page', [kept(1), kept(2, minutes(-60)), kept(3, minutes(-59))], 1],
    ['none after one that is missing', [kept(1), kept(3)], 1],
    ['none without the first', [kept(2)], 0],
  ])('takes %s', (_, pages, count) => expect(pagesOfLastFetch(pages)).toHaveLength(count));
});

const { extractorVersion: _, published: __, ...stored } = articleRecord({ contentText: 'x'.repeat(100) });
const current: CurrentRecord = { ...stored, publishedAt: AT, published: { source: 'first seen' }, firstSeenAt: AT };
const text = (length: number) => ({ contentText: 'x'.repeat(length) });
const article = (fields = {}): ArticleReading => ({ kind: 'article', record: articleRecord({ ...text(100), ...fields }) });

interface Case {
  record?: Partial<RecordToExtract>;
  before?: Partial<CurrentRecord>;
  pages?: KeptPage[];
  reading?: ArticleReading | Stopped;
}

async function run({ record = {}, before = {}, pages = [kept(1)], reading = article() }: Case) {
  const inputs: Omit<ReadInput, 'rule'>[] = [];
  const result = await reextract(
    {
      loadKeptPages: async () => pages,
      readArticle: async (input) => {
        inputs.push(input);
        return reading;
      },
    },
    {
      id: 1,
      url: 'https://a.example/1',
      current: { ...current, ...before },
      feed: { authors: [], title: 'As the feed has it' },
      feedOnly: false,
      readAt: minutes(-5),
      attempts: 1,
      ...record,
    },
  );
  return { result, input: inputs[0] };
}

describe('reextract', () => {
  const feedReading: ArticleReading = {
    kind: 'article',
    record: articleRecord({ ...text(100), contentSource: 'feed', pageCount: 0 }),
    pageProblem: 'wall',
  };
  it.each<[string, Case, string, RegExp?]>([
    ['the same record', {}, 'unchanged'],
    ['another record', { reading: article({ title: 'New' }) }, 'changed'],
    ['half of the text', { reading: article(text(50)) }, 'changed'],
    ['less than half of the text', { reading: article(text(49)) }, 'kept', /Of 100 characters only 49/],
    ['the feed instead of the page', { reading: feedReading }, 'kept', /./],
    ['the page instead of the feed', { before: { contentSource: 'feed', pageCount: 0 } }, 'changed'],
    ['nothing', { reading: { kind: 'no-content', pageProblem: 'no-text' } }, 'kept', /text/],
    ['a redirect', { reading: { kind: 'moved', to: 'https://b.example/' } }, 'kept', /b\.example/],
    ['no page', { pages: [] }, 'kept', /no longer kept/],
    ['fewer pages', { before: { pageCount: 2 } }, 'kept', /Only 1 of its 2/],
    ['a page that takes too long', { reading: { kind: 'stopped', reason: 'too-slow' } }, 'again'],
    [
      'a page that takes too long each time',
      { record: { attempts: 3 }, reading: { kind: 'stopped', reason: 'too-slow' } },
      'kept',
      /too long/,
    ],
    ['a page that takes too much memory', { reading: { kind: 'stopped', reason: 'too-much-memory' } }, 'kept', /memory/],
    ['a page that crashes its worker', { record: { attempts: 4 } }, 'kept', /crashed/],
  ])('%s', async (_, given, kind, reason = /^$/) => {
    const { result } = await run(given);
    expect(result.kind).toBe(kind);
    if (result.kind === 'kept') expect(result.reason).toMatch(reason);
  });

  it('reads as of the time when the page was fetched, so that a date in the future stays one', async () => {
    expect((await run({ pages: [kept(1), kept(2)], before: { pageCount: 2 } })).input).toMatchObject({
      now: minutes(2),
      page: { url: 'https://a.example/1?p=1' } as Partial<Page>,
      further: [{ url: 'https://a.example/1?p=2' }],
    });
  });

  it('reads the feed alone where only that is stored', async () => {
    const { input } = await run({ record: { feedOnly: true }, before: { contentSource: 'feed', pageCount: 0 } });
    expect(input).toMatchObject({ now: minutes(-5), feed: { title: 'As the feed has it' } });
    expect(input).not.toHaveProperty('page');
  });
});
