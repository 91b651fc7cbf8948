import { describe, expect, it } from 'vitest';
import { chooseHeadline } from '../../../../src/articles/metadata/headline.js';

interface Page {
  documentTitle: string;
  headings?: string[];
  subheadings?: string[];
  declared?: string[];
  siteNames?: string[];
}

const choose = ({ headings = [], subheadings = [], declared = [], siteNames = ['The Example'], ...page }: Page) =>
  chooseHeadline({ ...page, headings, subheadings, declared, siteNames, host: 'www.example-news.org' });

const late = 'The ferry is late again';
const lateBecause = 'The ferry is late again: nobody knows why';
const waiting = 'Waiting for a boat that never comes';

describe('chooseHeadline', () => {
  it.each([
    ['The ferry is late | The Example', 'The ferry is late'],
    ['The ferry is late - Harbour - The Example', 'The ferry is late - Harbour'],
    ['The Example: The ferry is late', 'The ferry is late'],
    ['The ferry is late – example-news', 'The ferry is late'],
    ['The ferry: late again', 'The ferry: late again'],
    ['渡船晚点_The Example', '渡船晚点'],
    ['The Example', 'The Example'],
  ])('removes the site name from a title: %s', (documentTitle, expected) => expect(choose({ documentTitle })).toBe(expected));

  it.each<[string, Page, string]>([
    [
      'the heading that says the same as the title',
      {
        documentTitle: 'The ferry is late again and again – Harbour News',
        headings: ['Menu', 'The ferry is late again and again'],
      },
      'The ferry is late again and again',
    ],
    [
      "the title where the heading is the site's name",
      { documentTitle: 'The ferry is late | The Example', headings: ['The Example'] },
      'The ferry is late',
    ],
    [
      'the declared title without the kicker of the heading',
      { documentTitle: 'x', headings: [`Harbour: ${late}`], declared: [late] },
      late,
    ],
    [
      'the whole heading where it is declared',
      { documentTitle: `${late} | The Example`, headings: [lateBecause], declared: [lateBecause, late] },
      lateBecause,
    ],
    [
      'the whole heading where it continues the sentence of the title',
      { documentTitle: 'x', headings: [`${late} in June`], declared: [late] },
      `${late} in June`,
    ],
    [
      'a title that is both declared and shown below another heading',
      {
        documentTitle: 'Ferry: timetable, boats, delays',
        headings: ['Ferry: timetable, boats, delays'],
        declared: [waiting],
        subheadings: ['More', waiting],
      },
      waiting,
    ],
    [
      'the heading where a title only adds a kicker',
      {
        documentTitle: 'x',
        headings: ['Ferry is late again'],
        declared: ['Harbour: Ferry is late again'],
        subheadings: ['Harbour Ferry is late again'],
      },
      'Ferry is late again',
    ],
    [
      'the only heading where the title is one word',
      { documentTitle: 'Home', headings: ['The ferry is late'] },
      'The ferry is late',
    ],
    ['the title where there are several headings', { documentTitle: 'Home', headings: ['The ferry is late', 'More'] }, 'Home'],
    [
      "the title without the site's initials",
      { documentTitle: 'The ferry is late | HGN', siteNames: ['Harbour Gazette News'] },
      'The ferry is late',
    ],
    ['the title with initials of something else', { documentTitle: 'The ferry is late | HGN' }, 'The ferry is late | HGN'],
    [
      'what is before a colon where it is the whole heading',
      {
        documentTitle: '渡船今天又晚点了没有人知道为什么：港口交通局',
        headings: ['渡船今天又晚点了没有人知道为什么'],
      },
      '渡船今天又晚点了没有人知道为什么',
    ],
  ])('chooses %s', (_, page, expected) => expect(choose(page)).toBe(expected));
});
