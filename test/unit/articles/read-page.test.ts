import { describe, expect, it } from 'vitest';
import { readHtml } from '../../../src/articles/read-page.js';

describe('readHtml', () => {
  it('leaves embeds in their place and adds no words to the text for them', () => {
    const paragraph = `<p>${'The tide came in at four, and the harbour was full of boats. '.repeat(6)}</p>`;
    const player =
      '<figure class="wp-block-embed is-type-video"><div class="wp-block-embed__wrapper"><iframe src="https://www.youtube.com/embed/abcDEF-_123"></iframe></div></figure>';
    const { content } = readHtml(
      `<article><h1>Tide</h1>${paragraph}${player}${paragraph}</article>`,
      'https://news.example/a',
      new Date(),
    );
    expect(content?.html).toMatch(
      /boats. <\/p><figure><div><a href="https:..www.youtube.com.watch.v=abcDEF-_123">.*<\/a><\/div><\/figure><p>/,
    );
    expect(content?.text).not.toContain('youtube');
  });

  it('keeps a formula once if the page shows it in two ways', () => {
    const words = 'The height of the water follows the moon and the wind, as is well known in harbours. '.repeat(6);
    const katex =
      '<span class="katex"><span class="katex-mathml"><math><semantics><msup><mi>x</mi><mn>2</mn></msup><annotation encoding="application/x-tex">x^2</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">x2</span></span>';
    const { content } = readHtml(
      `<article><h1>Tide</h1><p>${words}</p><p>So ${katex} it is, ${words}</p></article>`,
      'https://news.example/a',
      new Date(),
    );
    expect(content?.html).toContain('<math alttext="x^2"><msup><mi>x</mi><mn>2</mn></msup></math>');
    expect(content?.text).toContain('So x2 it is');
  });
});
