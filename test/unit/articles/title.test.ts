import { describe, expect, it } from 'vitest';
import { titleOf } from '../../../src/articles/title.js';

const title = (document: string, headings: string[] = [], { siteNames = ['The Example'], declared = [] as string[] } = {}) =>
  titleOf({ document, headings, subheadings: [], siteNames, host: 'www.example-news.org', declared });

describe('titleOf', () => {
  it.each([
    ['The ferry is late | The Example', 'The ferry is late'],
    ['The ferry is late - Harbour - The Example', 'The ferry is late - Harbour'],
    ['The Example: The ferry is late', 'The ferry is late'],
    ['The ferry is late – example-news', 'The ferry is late'],
    ['The ferry: late again', 'The ferry: late again'],
    ['渡船晚点_The Example', '渡船晚点'],
    ['The Example', 'The Example'],
  ])('%s', (document, expected) => expect(title(document)).toBe(expected));

  it('is the heading that says the same', () => {
    expect(title('The ferry is late again and again – Harbour News', ['Menu', 'The ferry is late again and again'])).toBe(
      'The ferry is late again and again',
    );
    expect(title('The ferry is late | The Example', ['The Example'])).toBe('The ferry is late');
  });

  it('leaves the kicker to the heading, where what is declared has none', () => {
    const declared = ['The ferry is late again'];
    expect(title('x', ['Harbour: The ferry is late again'], { declared })).toBe('The ferry is late again');
  });
});
