import { parseDocument } from 'htmlparser2';
import { expect, it } from 'vitest';
import { findRefreshTarget } from '../../../src/articles/meta-refresh.js';

const PAGE = 'https://n.example/old';
const refresh = (content: string) => `<meta http-equiv="Refresh" content="${content}">`;

it.each([
  ['a relative URL', refresh('0; url=/new'), 'https://n.example/new'],
  ['a quoted URL', refresh("3;URL='https://m.example/new'"), 'https://m.example/new'],
  ['a URL after a space', refresh('0 /new'), 'https://n.example/new'],
  ['a fraction of a second', refresh('0.5;url=/new'), 'https://n.example/new'],
  ['the first of several', refresh('0;url=/1') + refresh('0;url=/2'), 'https://n.example/1'],
  ['space in the attribute', '<meta http-equiv=" refresh " content="0;url=/new">', 'https://n.example/new'],
  ['a long delay', refresh('31;url=/new'), undefined],
  ['a reload', refresh('10'), undefined],
  ['the page itself', refresh('0;url=/old'), undefined],
  ['a script URL', refresh('0;url=javascript:x'), undefined],
  ['another meta element', '<meta http-equiv="content-type" content="0;url=/new">', undefined],
])('findRefreshTarget: %s', (_, html, expected) => expect(findRefreshTarget(parseDocument(html), PAGE)).toBe(expected));
