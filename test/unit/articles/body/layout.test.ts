import { parseDocument } from 'htmlparser2';
import { expect, it } from 'vitest';
import { readLayout } from '../../../../src/articles/body/layout.js';

const PAGE = `<body><form class="all">
  <div class="with-sidebar"><h1>Headline</h1><article><p>${'Long prose. '.repeat(20)}</p></article></div>
  <article><h2>Other</h2><p>Short.</p></article>
  <script>const h1 = '<h1>no</h1>';</script>
</form></body>`;

it('finds the headings and wrappers of a page', () => {
  const { headings, articleCount, landmarkWrappers, mainWrappers } = readLayout(parseDocument(PAGE));
  expect(headings.map(({ name }) => name)).toEqual(['h1', 'h2']);
  expect(articleCount).toBe(2);
  expect([...landmarkWrappers].map(({ name }) => name)).toEqual(['div', 'form', 'body']);
  expect([...mainWrappers].map(({ name }) => name)).toEqual(expect.arrayContaining(['p', 'article', 'div', 'form', 'body']));
});

it('never takes comments for the wrapper of the article', () => {
  const { mainWrappers } = readLayout(
    parseDocument(`<div class="comments"><p>${'I was there. '.repeat(50)}</p></div><p>Hi.</p>`),
  );
  expect([...mainWrappers].map(({ name }) => name)).toEqual(['p']);
});
