import { describe, expect, it } from 'vitest';
import { findStoryText, STORY, TITLE } from './story-page.js';

const STANDFIRST = 'Forty people saw more of the sea than they had paid for, and liked it well.';
const HEADLINE = `<h1>${TITLE}</h1>`;

describe('findStandfirst', () => {
  it.each([
    ['by its class', `${HEADLINE}<p class="standfirst">${STANDFIRST}</p>`],
    ['by a camel-case class', `${HEADLINE}<div class="articleLead">${STANDFIRST}</div>`],
    ['by its class in Polish', `${HEADLINE}<p class="zajawka">${STANDFIRST}</p>`],
    ['by its microdata', `${HEADLINE}<p itemprop="description">${STANDFIRST}</p>`],
  ])('finds it between headline and body %s', (_, header) =>
    expect(findStoryText({ before: `<header>${header}</header>` })).toBe(`${STANDFIRST}\n\n${STORY}`),
  );

  it.each([
    ['before the headline', `<p class="standfirst">${STANDFIRST}</p>${HEADLINE}`],
    ['without such a class', `${HEADLINE}<p>${STANDFIRST}</p>`],
    ['that is too short', `${HEADLINE}<p class="standfirst">Wet.</p>`],
    ['that is too long', `${HEADLINE}<p class="standfirst">${`${STANDFIRST} `.repeat(10)}</p>`],
    ['that holds a list', `${HEADLINE}<div class="lead"><ul><li>${STANDFIRST}</li></ul></div>`],
  ])('ignores a text %s', (_, header) => expect(findStoryText({ before: `<header>${header}</header>` })).toBe(STORY));
});
