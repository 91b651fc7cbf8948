import { expect, it } from 'vitest';
import { FIRST, findBodyText, findStoryText, SECOND, STORY, THIRD } from './story-page.js';

it('leaves out an article within the body that is another story', () => {
  const middle =
    '<article><h3><a href="/x">Another ship in another harbour, and its wind</a></h3><p>Other people were on board of it.</p></article>';
  expect(findStoryText({ middle })).toBe(STORY);
});

it('keeps the articles that a body is made of', () => {
  const parts = [FIRST, SECOND, THIRD].map((text) => `<article><p>${text}</p></article>`).join('');
  expect(findBodyText(`<body><div class="story-body">${parts}</div></body>`)).toBe(STORY);
});
