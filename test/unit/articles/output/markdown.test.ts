import { type AnyNode, isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { htmlToMarkdown } from '../../../../src/articles/output/markdown.js';

/** The text of HTML without white space. */
function readText(html: string): string {
  const collectText = (nodes: readonly AnyNode[]): string =>
    nodes.map((node) => (isText(node) ? node.data : isTag(node) ? collectText(node.children) : '')).join('');
  return collectText(parseDocument(html).children).replace(/\s+/g, '');
}
/** Markdown back to HTML, by micromark, which follows CommonMark and GFM to the letter. */
const toHtml = (markdown: string) => micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });

const A = 'https://n.example/a';

describe('htmlToMarkdown', () => {
  it.each([
    ['paragraphs', '<p>One.</p><p>Two<br>lines.</p>', 'One.\n\nTwo\\\nlines.'],
    ['empty paragraphs', '<p>One.</p><p>&nbsp;</p><p> \n </p><p>Two.</p>', 'One.\n\nTwo.'],
    ['paragraphs separated by breaks', 'One.<br><br>Two.<br>Three.<br><br><br>', 'One.\n\nTwo.\\\nThree.'],
    ['headings', '<h2>A <em>b</em><br>c</h2><p>d</p>', '## A *b* c\n\nd'],
    ['headings that end in #', '<h2>C #</h2><h3>F#</h3>', '## C \\#\n\n### F\\#'],
    ['space outside the marks', '<p>a<b> b </b>c</p>', 'a **b** c'],
    ['nested marks', '<p><b>a <i>b</i></b> <i><b>c</b> d</i></p>', '**a *b*** ***c** d*'],
    ['marks next to each other', '<p><b>a</b><b>b</b></p>', '**ab**'],
    ['marks around paragraphs', '<b><p>a</p><p>b</p></b>', '**a**\n\n**b**'],
    ['empty marks', '<p>a<b></b><i> </i>b</p>', 'a b'],
    ['strong quotes between letters', '<p>彼は<strong>「はい」</strong>と言った</p>', '彼は「**はい**」と言った'],
    ['strong with a colon', '<p><b>Note:</b>read</p>', '**Note**:read'],
    ['links', `<p><a href="${A}?x=(1)&copy;">t[0]</a></p>`, `[t\\[0\\]](${A}?x=\\(1\\)©)`],
    ['links around blocks', `<a href="${A}"><h3>T</h3><p>u</p></a>`, `### [T](${A})\n\n[u](${A})`],
    ['links after an exclamation mark', `<p>Look!<a href="${A}">x</a></p>`, `Look\\![x](${A})`],
    ['links without an address', '<p><a>x</a></p>', 'x'],
    [
      'pictures',
      `<figure><img src="${A}.jpg" alt="a [b]\n c"><figcaption>C</figcaption></figure>`,
      `![a \\[b\\] c](${A}.jpg)\n\nC`,
    ],
    ['pictures that are links', `<a href="${A}"><img src="${A}.jpg" alt=""></a>`, `[![](${A}.jpg)](${A})`],
    ['videos', `<p>x</p><video controls><source src="${A}.mp4"></video>`, `x\n\n[video](${A}.mp4)`],
    ['code spans', '<p><code>a</code> <code>`b`</code> <code> </code></p>', '`a` `` `b` ``'],
    ['code blocks', '<pre><code>if (a &lt; b)\n\n  *c*  \n</code></pre>', '```\nif (a < b)\n\n  *c*\n```'],
    ['code blocks with fences', '<pre>```\nx\n```</pre>', '````\n```\nx\n```\n````'],
    ['code blocks with breaks', '<pre>a<br>b</pre>', '```\na\nb\n```'],
    ['quotations', '<blockquote><p>a</p><blockquote>b</blockquote></blockquote>', '> a\n>\n> > b'],
    ['lists', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>', '- a\n- b\n  - c'],
    ['lists from a number', '<ol start="9"><li>a</li><li><p>b</p><p>c</p></li></ol>', '9. a\n\n10. b\n\n    c'],
    ['two lists in a row', '<ul><li>a</li></ul><ul><li>b</li></ul>', '- a\n\n* b'],
    ['nested lists outside an item', '<ul><li>a</li><ul><li>b</li></ul></ul>', '- a\n  - b'],
    ['items without a list', '<li>a</li>', 'a'],
    ['code blocks in a list', '<ol><li>a<pre>b\n\nc</pre></li></ol>', '1. a\n\n   ```\n   b\n\n   c\n   ```'],
    ['definition lists', '<dl><dt>a</dt><dd>b</dd></dl>', '**a**\n\nb'],
    ['formulas without TeX', '<p><math><mi>a</mi></math></p>', 'a'],
    ['thematic breaks', '<p>a</p><hr><p>b</p>', 'a\n\n***\n\nb'],
    [
      'tables',
      '<table><caption>T</caption><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td><b>x</b><br>y</td></tr></table>',
      'T\n\n| a | b |\n| --- | --- |\n| 1\\|2 | **x** y |',
    ],
    [
      'tables without a head',
      '<table><tr><td>a</td><td colspan="2">b</td></tr></table>',
      '|  |  |  |\n| --- | --- | --- |\n| a | b |  |',
    ],
    ['layout tables', '<table><tr><td><p>a</p><ul><li>b</li></ul></td><td>c</td></tr></table>', 'a\n\n- b\n\nc'],
    ['tables of too many columns', `<table><tr>${'<td>a</td>'.repeat(101)}</tr></table>`, Array(101).fill('a').join('\n\n')],
    ['tables of one column', '<table><tr><td>a</td></tr><tr><td>b</td></tr></table>', 'a\n\nb'],
    [
      'block markup at line starts, escaped',
      '<p># a<br>- b<br>1. c<br>2) d<br>+ e<br>> f<br>---<br>===<br>:-|-:</p>',
      '\\# a\\\n\\- b\\\n1\\. c\\\n2\\) d\\\n\\+ e\\\n\\> f\\\n\\---\\\n\\===\\\n\\:-|-:',
    ],
    [
      'inline markup, escaped',
      '<p>*a* _b_ snake_case `c` [d](e) &lt;f&gt; ~g~ \\ &amp;amp; AT&amp;T</p>',
      '\\*a\\* \\_b\\_ snake_case \\`c\\` \\[d\\](e) \\<f> \\~g\\~ \\\\ \\&amp; AT&T',
    ],
    ['nothing for nothing', '<div> </div><p></p><ul><li></li></ul><table></table>', ''],
  ])('writes %s', (_, html, expected) => {
    const markdown = htmlToMarkdown(html);
    expect(markdown).toBe(expected);
    expect(readText(toHtml(markdown))).toBe(readText(html.replace('<video', 'video<video')));
  });

  it('handles deep nesting and large pages', () => {
    const deep = htmlToMarkdown(`${'<blockquote><ul><li><b>'.repeat(3_000)}x`);
    expect(deep).toContain('**x**');
    expect(deep.length).toBeLessThan(1_000);
    expect(htmlToMarkdown(`<blockquote>${'<p>x</p>'.repeat(200_000)}</blockquote>`)).toHaveLength(200_000 * 3 + 199_999 * 3);
    expect(htmlToMarkdown(`<p>${'<b>「x」</b>y'.repeat(20_000)}</p>`)).toHaveLength(20_000 * 4);
  });

  it('reads back as the same text, for random pages', () => {
    for (let seed = 1; seed <= 1_500; seed += 1) {
      const html = makePage(seed);
      const markdown = htmlToMarkdown(html);
      expect({ seed, html, markdown, text: readText(toHtml(markdown)) }).toMatchObject({ text: readText(html) });
    }
  });
});

/** Texts that are markup unless escaped, or that touch marks in a way that breaks them. */
const TEXTS = [
  'word',
  ' word ',
  '*',
  '_',
  '「引用」',
  '。',
  '!',
  '1. one',
  '# x',
  '- y',
  '+',
  '>',
  '`',
  '[x]: y',
  '&amp;lt;',
  '|',
  '---',
  '\u00a0',
  'a_b_c',
  '<br>',
  '€',
  '~~',
  '\\',
  '(',
  'ab',
];
const AROUND = ['b', 'i', 'em', 'strong', 'del', 'a', 'code', 'span'];
const OUTER = ['p', 'div', 'h2', 'blockquote', 'ul', 'ol', 'pre', 'table'];

/** A small random page of these, the same for the same seed. */
function makePage(seed: number): string {
  let state = seed * 2_654_435_761;
  const next = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % n;
  };
  const pick = (list: readonly string[]) => list[next(list.length)] ?? '';
  const inline = (depth: number): string =>
    Array.from({ length: 1 + next(4) }, () => {
      const name = pick(AROUND);
      if (depth === 0 || next(2) === 0) return pick(TEXTS);
      return `<${name}${name === 'a' ? ` href="${A}"` : ''}>${inline(name === 'a' ? 0 : depth - 1)}</${name}>`;
    }).join('');
  const block = (depth: number): string => {
    const name = pick(OUTER);
    const inner = () => (depth > 0 && next(2) === 0 ? block(depth - 1) : inline(2));
    if (name === 'ul' || name === 'ol') return `<${name}><li>${inner()}</li><li>x${inner()}</li></${name}>`;
    if (name === 'table') return `<table><tr><td>${inline(0)}x</td><td>y${inline(0)}</td></tr></table>`;
    if (name === 'p' || name === 'h2' || name === 'pre') return `<${name}>${inline(2)}</${name}>`;
    return `<${name}>${inner()}</${name}>`;
  };
  return Array.from({ length: 1 + next(3) }, () => block(2)).join('');
}

describe('htmlToMarkdown with formulas', () => {
  it.each([
    ['<p>So <math alttext="x^2 &lt; y"><msup><mi>x</mi><mn>2</mn></msup></math> is.</p>', 'So $x^2 \\lt  y$ is.'],
    ['<math display="block" alttext="a|b"><mi>a</mi></math>', '$$a\\vert b$$'],
  ])('writes the TeX: %s', (html, markdown) => expect(htmlToMarkdown(html)).toBe(markdown));

  it.each([
    '<img src=x onerror=hit()>',
    '[x](javascript:hit())',
    '![x](data:x)',
    '`<b>`',
    '$x$ <b>',
    '</p><script>hit()</script>',
  ])('writes no markup for the TeX %s', (tex) => {
    const escaped = tex.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
    const html = micromark(htmlToMarkdown(`<p>a <math alttext="${escaped}"><mi>x</mi></math> b</p>`), {
      allowDangerousHtml: true,
      allowDangerousProtocol: true,
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
    });
    expect(html).toMatch(/^<p>a [^<]* b<.p>$/);
  });
});
