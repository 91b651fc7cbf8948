import { describe, expect, it } from 'vitest';
import { chooseHeadline } from '../../../../src/articles/metadata/headline.js';

const title = (
  document: string,
  headings: string[] = [],
  { siteNames = ['The Example'], declared = [] as string[], subheadings = [] as string[] } = {},
) => chooseHeadline({ documentTitle: document, headings, subheadings, siteNames, host: 'www.example-news.org', declared });

describe('chooseHeadline', () => {
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

  it('is the whole heading where that is declared, or where one sentence goes on', () => {
    const whole = 'The ferry is late again: nobody knows why';
    expect(title('The ferry is late again | The Example', [whole], { declared: [whole, 'The ferry is late again'] })).toBe(whole);
    expect(title('x', ['The ferry is late again in June'], { declared: ['The ferry is late again'] })).toBe(
      'The ferry is late again in June',
    );
  });

  it('is what the page both declares and shows, below a heading of other words', () => {
    const shown = 'Waiting for a boat that never comes';
    const both = { declared: [shown], subheadings: ['More', 'Waiting for a boat that never comes'] };
    expect(title('Ferry: timetable, boats, delays', ['Ferry: timetable, boats, delays'], both)).toBe(shown);
    const kicker = { declared: ['Harbour: Ferry is late again'], subheadings: ['Harbour Ferry is late again'] };
    expect(title('x', ['Ferry is late again'], kicker)).toBe('Ferry is late again');
  });

  it('is the only heading where the titles are a word', () => {
    expect(title('Home', ['The ferry is late'])).toBe('The ferry is late');
    expect(title('Home', ['The ferry is late', 'More'])).toBe('Home');
  });

  it('takes the initials of the site for its name', () => {
    expect(title('The ferry is late | HGN', [], { siteNames: ['Harbour Gazette News'] })).toBe('The ferry is late');
    expect(title('The ferry is late | HGN')).toBe('The ferry is late | HGN');
  });

  it('drops what comes after a colon where a heading says that the rest is all', () => {
    expect(title('渡船今天又晚点了没有人知道为什么：港口交通局', ['渡船今天又晚点了没有人知道为什么'])).toBe(
      '渡船今天又晚点了没有人知道为什么',
    );
  });
});
