import { describe, expect, it } from 'vitest';
import { explainPage } from '../../../src/articles/body/explain.js';
import { readArticle } from '../../../src/articles/read.js';
import { writeExplanation } from '../../../src/cli/explanation-page.js';

const now = new Date('2026-03-02T12:00:00Z');
const url = 'https://news.example/a/b.html';
const page = (html: string) => ({ url, contentType: 'text/html; charset=utf-8', body: Buffer.from(html) });

describe('writeExplanation', () => {
  it('escapes everything that the page says', () => {
    const html =
      '<title>"&lt;script&gt;</title><body><p class="a&quot;b">&lt;img src=x onerror=alert(1)&gt; and a few words more, so that it is a text.</p>';
    const reading = readArticle({ url, page: page(html), feed: { authors: [] }, now });
    const record = reading.kind === 'article' ? reading.record : undefined;
    const written = writeExplanation(url, record, explainPage(page(html), now));
    expect(written).not.toMatch(/<script|<img/);
    expect(written).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});
