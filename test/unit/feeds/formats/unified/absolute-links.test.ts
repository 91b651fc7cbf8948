import { expect, it } from 'vitest';
import { makeLinksAbsolute } from '../../../../../src/feeds/formats/unified/absolute-links.js';

it.each([
  ['<a href="https://x.example/">x</a>', '<a href="https://x.example/">x</a>'],
  ["<a href='p'>x</a>", '<a href="https://news.example/p">x</a>'],
  ['<a href="#note">x</a>', '<a href="https://news.example/feed#note">x</a>'],
  [
    '<a href="mailto:a@x.example">x</a> <a href="//y.example/z">y</a>',
    '<a href="mailto:a@x.example">x</a> <a href="https://y.example/z">y</a>',
  ],
  ['text with href="p" in it', 'text with href="p" in it'],
  ['<img src="a b.png" alt="x">', '<img src="https://news.example/a%20b.png" alt="x">'],
])('makeLinksAbsolute: %s', (html, expected) => expect(makeLinksAbsolute(html, 'https://news.example/feed')).toBe(expected));
