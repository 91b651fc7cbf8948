import { describe, expect, it } from 'vitest';
import { cutSnippet, findMatches, readTerms, type Snippet } from '../../../src/cli/search-matches.js';
import { cpuMs } from '../../timing.js';

/** The text with its matches in brackets. */
const mark = ({ text, matches }: Snippet) =>
  [...matches]
    .reverse()
    .reduce((marked, { start, end }) => `${marked.slice(0, start)}[${marked.slice(start, end)}]${marked.slice(end)}`, text);
const marked = (text: string, query: string) => mark({ text, matches: findMatches(text, readTerms(query)) });

describe('readTerms', () => {
  it.each([
    ['two words', [['two'], ['words']]],
    ['"a phrase" more', [['a', 'phrase'], ['more']]],
    ['covid-19', [['covid', '19']]],
    ['yes -no -"not this"', [['yes']]],
    ['Größe ÉTÉ', [['große'], ['ete']]],
    ['"unclosed phrase', [['unclosed', 'phrase']]],
    ['- "" ...', []],
  ])('%s', (query, terms) => expect(readTerms(query)).toEqual(terms));
});

describe('findMatches', () => {
  it.each([
    ['whole words only', 'cat category bobcat Cat', 'cat', '[cat] category bobcat [Cat]'],
    ['ignoring accents', 'Der Bürgermeister', 'burgermeister', 'Der [Bürgermeister]'],
    ['combining accents', 'Cafe\u0301 noir', 'café', '[Cafe\u0301] noir'],
    ['phrases across punctuation', 'the Prime-Minister said', '"prime minister"', 'the [Prime-Minister] said'],
    ['parts of words in Han', '岸田文雄首相は', '文雄', '岸田[文雄]首相は'],
    ['neighbours as one', 'climate summit', 'climate "climate summit"', '[climate summit]'],
    ['nothing', 'abc', 'xyz', 'abc'],
    ['emoji around it', '🎉party🎉', 'party', '🎉[party]🎉'],
  ])('finds %s', (_, text, query, expected) => expect(marked(text, query)).toBe(expected));
});

describe('cutSnippet', () => {
  const snippet = (text: string, query: string) => mark(cutSnippet(text, readTerms(query)));

  it('shows the beginning of a text without matches', () => {
    expect(snippet('short', 'x')).toBe('short');
    expect(snippet('word '.repeat(100), 'x')).toMatch(/^word .{230,}…$/);
  });

  it('shows the place with the most different terms, on one line', () => {
    const text = `alpha ${'x '.repeat(300)}before\nalpha beta after ${'y '.repeat(300)}`;
    expect(snippet(text, 'alpha beta')).toMatch(/^…x .* before \[alpha\] \[beta\] after y .*…$/);
  });

  it('does not break a character in two', () => expect(cutSnippet(`${'🎉'.repeat(200)}`, []).text).toBe(`${'🎉'.repeat(120)}…`));

  it('takes linear time on a text that repeats the query', async () => {
    expect(await cpuMs(() => cutSnippet('a '.repeat(1_000_000), readTerms('a '.repeat(500))))).toBeLessThan(6_000);
  });
});
