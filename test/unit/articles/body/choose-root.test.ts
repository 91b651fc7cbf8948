import { describe, expect, it } from 'vitest';
import { FIRST, findBodyText, SECOND, THIRD, TITLE } from './story-page.js';

describe('chooseRoot', () => {
  it('prefers the article with the headline to a longer one after it', () => {
    const other = `<article><h1>Another story</h1>${`<p>${SECOND}</p><p>${FIRST}</p>`.repeat(5)}</article>`;
    const html = `<body><article><h1>${TITLE}</h1><p>${FIRST}</p><p>${THIRD}</p></article>${other}</body>`;
    expect(findBodyText(html, { authors: [] })).toBe([FIRST, THIRD].join('\n\n'));
  });

  it('takes the longest text if no article has the headline', () => {
    const html = `<body><div><p>${FIRST}</p></div><div><p>${SECOND}</p><p>${THIRD}</p></div></body>`;
    expect(findBodyText(html)).toBe([SECOND, THIRD].join('\n\n'));
  });
});
