import { expect, it } from 'vitest';
import { jsonLd, readHtml } from './read-html.js';

it.each([
  ['structured data first', `<meta name="keywords" content="x1">${jsonLd({ '@type': 'Article', keywords: ['pier', 'ferry'] })}`],
  ['a list with commas', '<meta name="keywords" content="pier, ferry">'],
  ['several elements', '<meta property="article:tag" content="pier"><meta property="article:tag" content="ferry">'],
  ['each tag once', '<meta name="keywords" content="pier，ferry、pier; x">'],
])('readTags reads %s', (_, html) => expect(readHtml(html).tags).toEqual(['pier', 'ferry']));
