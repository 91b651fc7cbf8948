import { parseDocument } from 'htmlparser2';
import { findBody } from '../../../../src/articles/body/find-body.js';
import { htmlToText } from '../../../../src/articles/output/text.js';

export const FIRST =
  'The ferry left the quay at noon, with forty people and a dog on board, and nobody thought of the weather, which was fine.';
export const SECOND =
  'By three the wind had turned, the sea was grey, and the captain, an old hand, let the passengers come into the saloon.';
export const THIRD =
  'In the end all were ashore by evening, wet and cheerful, and the dog, it is said, would not leave the ship at all.';
export const TITLE = 'The noon ferry comes home late';

/** The text of the story without anything around it. */
export const STORY = [FIRST, SECOND, THIRD].join('\n\n');

/** The text of the body found on a page; '' if there is none. */
export function findBodyText(html: string, { title = TITLE, authors = ['Ada Example'] } = {}): string {
  const found = findBody(parseDocument(html), { title, authors });
  return found ? htmlToText([...(found.standfirst ? [found.standfirst] : []), found.root], found.isClutter) : '';
}

/** The text found on a page with additions outside the story (`before`, `after`) or in it (`head`, `middle`, `tail`). */
export function findStoryText({ head = '', middle = '', tail = '', before = '', after = '' }): string {
  return findBodyText(
    `<body>${before}<main><div class="story-body">${head}<p>${FIRST}</p>${middle}<p>${SECOND}</p><p>${THIRD}</p>${tail}</div></main>${after}</body>`,
  );
}
