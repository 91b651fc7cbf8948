import { expect, it } from 'vitest';
import { FIRST, findBodyText, findStoryText, SECOND, THIRD } from '../story-page.js';

const SLIDES = [1, 2, 3, 4, 5].map((n) => `<h2>${n}/5 The quay</h2><p>${THIRD.replace('In the end', `At ${n}`)}</p>`).join('');
const SHOW = `<div class="show"><div>${SLIDES}</div></div>`;

it('drops a slideshow within an article', () => {
  const more = `${SECOND} `.repeat(5);
  expect(findStoryText({ middle: `<p>${more}</p>${SHOW}` })).toBe([FIRST, more.trim(), SECOND, THIRD].join('\n\n'));
});

it('keeps a slideshow that is the article', () =>
  expect(findBodyText(`<body><main><p>Five views.</p>${SHOW}</main></body>`, { authors: [] })).toContain('5/5 The quay'));
