import { existsSync, readFileSync } from 'node:fs';
import { load } from 'cheerio';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../../../src/articles/output/sanitize.js';
import { VECTORS } from '../../../fixtures/sanitizer-vectors.js';

const clean = (html: string, baseUrl = 'https://news.example/a/b.html') => sanitize(parseDocument(html).children, { baseUrl });
const joined = (html: string) =>
  html
    .split('\n')
    .map((line) => line.replace(/^[\t\r\f ]+|[\t\r\f ]+$/g, ''))
    .join('');

describe('sanitize', () => {
  it.each([
    ['scripts', '<p>a<script>alert(1)</script>b</p>', '<p>ab</p>'],
    ['handlers', '<img src="https://i.example/x.png" onerror="alert(1)">', '<img src="https://i.example/x.png">'],
    ['script addresses', '<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['script addresses in disguise', '<a href=" java\n\tscript:alert(1)">x</a>', '<a>x</a>'],
    ['script addresses in entities', '<a href="&#106;avascript&colon;alert(1)">x</a>', '<a>x</a>'],
    ['data addresses', '<img src="data:image/png;base64,AAAA">', ''],
    ['frames', '<iframe src="https://e.example/"></iframe><p>x</p>', '<p>x</p>'],
    ['styles that load', '<p style="background-color: url(https://e.example/)">x</p>', '<p>x</p>'],
    ['styles that cover', '<p style="position:fixed;color:red">x</p>', '<p style="color:red;">x</p>'],
    ['class and id', '<p class="a" id="b">x</p>', '<p>x</p>'],
    ['comments', '<p>x<!-- y --></p>', '<p>x</p>'],
    ['names of the object prototype', '<constructor>x</constructor><valueof>y</valueof>', 'xy'],
    ['markup in text', '<p>&lt;script&gt; &amp;amp;</p>', '<p>&lt;script&gt; &amp;amp;</p>'],
    [
      'quotes that would end an attribute',
      `<img src="https://i.example/x.png" alt='"><script>'>`,
      '<img src="https://i.example/x.png" alt="&quot;&gt;&lt;script&gt;">',
    ],
    ['NUL and half characters', '<p>a\0b\ud800c</p>', '<p>ab\ufffdc</p>'],
  ])('leaves out %s', (_, html, expected) => expect(clean(html)).toBe(expected));

  it('makes addresses absolute, and leaves absolute ones as written', () => {
    expect(clean('<a href="../c.html">x</a>')).toBe('<a href="https://news.example/c.html">x</a>');
    expect(clean('<img src="https://img.example?u=a.example/b.jpg">')).toBe('<img src="https://img.example?u=a.example/b.jpg">');
  });

  it('finds the pictures of lazy loading', () => {
    expect(clean('<img src="data:image/gif;base64,R0" data-src="/p.jpg">')).toBe('<img src="https://news.example/p.jpg">');
    expect(clean('<img srcset="/s.jpg 300w, /l.jpg 900w">')).toContain('l.jpg');
    expect(clean('<img data-original="/o.jpg" src="/blank.gif">')).toBe('<img src="https://news.example/o.jpg">');
    expect(clean('<picture><source srcset="/s.webp 1x, /l.webp 2x"><img alt="a"></picture>')).toContain(
      'src="https://news.example/l.webp"',
    );
    expect(clean('<img src="data:x"><noscript><img src="/n.jpg" onerror="x()"></noscript>')).toBe(
      '<img src="https://news.example/n.jpg">',
    );
    expect(clean('<img src="/a.jpg"><noscript><img src="/n.jpg"></noscript>')).toBe('<img src="https://news.example/a.jpg">');
    expect(clean('<img src="data:x"><noscript><style>x</style><img src="/n.jpg"></noscript>')).toBe('');
    expect(clean('<img data-src="javascript:alert(1)">')).toBe('');
  });

  it.each([
    [
      'a formula',
      '<math display="block"><mfrac linethickness="0"><mi mathvariant="normal">a</mi><mn>2</mn></mfrac></math>',
      undefined,
    ],
    [
      'no handlers of it',
      '<math onclick="hit()" href="javascript:hit()"><mi href="//e.example">a</mi></math>',
      '<math><mi>a</mi></math>',
    ],
    [
      'its TeX, and no annotation',
      '<math><semantics><mi>a</mi><annotation encoding="application/x-tex">\\alpha &lt; 2</annotation><annotation-xml encoding="text/html"><p>x</p></annotation-xml></semantics></math>',
      '<math alttext="\\alpha &lt; 2"><mi>a</mi></math>',
    ],
    ['no HTML in it', '<math><mtext><b>x</b><img src="/a.png"></mtext></math>', '<math><mtext>x</mtext></math>'],
    ['none of it elsewhere', '<p><mi>a</mi><mglyph src="x">b</mglyph></p>', '<p>ab</p>'],
    ['what comes after it', '<math><mi>a</mi></math><p>b</p>', undefined],
    ['no attribute of other values', '<math><mspace width="url(x)"></mspace></math>', '<math><mspace></mspace></math>'],
  ])('keeps of formulas %s', (_, html, expected) => expect(clean(html)).toBe(expected ?? html));

  it('keeps what a feed wrote, byte for byte, in its harmless parts', () => {
    const source = `
      <div><i>Mon, 02 Mar 2026 08:00:00 GMT</i></div><img src="https://proxy.example?url=i.example/a_r1.jpg" width="100%"><div><small style="color: #999;">渡船停靠在“1+1”码头。</small></div><p>潮水(Tide)退去。</p>
      <p>\u00a0</p>
      <p><strong>第二天</strong><em>(完)</em></p>
    `;
    expect(joined(clean(source))).toBe(joined(source));
  });
});

/** All that may be in what is stored, and nothing else: told apart by a parser that reads as browsers do (cheerio's own, parse5). */
const TAGS =
  /^(a|abbr|audio|b|blockquote|br|caption|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|rp|rt|ruby|s|samp|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|tr|u|ul|var|video|wbr)$/;
const ATTRIBUTES = /^(href|src|poster|title|alt|width|height|start|colspan|rowspan|datetime|controls|type|style|dir|lang)$/;

describe('nothing that runs or loads gets through', () => {
  /** Formulas hold no HTML, and stand nowhere else: what changes sides when it is read again is how sanitizers are fooled. */
  const FORMULA =
    /^(math|m(enclose|frac|i|multiscripts|n|o|over|padded|phantom|prescripts|root|row|s|space|sqrt|style|sub|subsup|sup|table|td|text|tr|under|underover))$/;
  const check = (html: string) => {
    const written = clean(html);
    const $ = load(`<body>${written}`, {}, false);
    for (const element of $('body *, *').not('html, head, body').toArray()) {
      const inFormula = $(element).closest('math').length > 0;
      expect(element.name, written).toMatch(inFormula ? FORMULA : TAGS);
      if (inFormula)
        expect(Object.keys(element.attribs).join(), written).toMatch(/^((alttext|display|linethickness|mathvariant),?)*$/);
      else
        for (const [name, value] of Object.entries(element.attribs)) {
          expect(name, written).toMatch(ATTRIBUTES);
          if (/^(href|src|poster)$/.test(name))
            expect(value, written).toMatch(name === 'href' ? /^(https?:\/\/|mailto:)/ : /^https?:\/\//);
          if (name === 'style')
            expect(value, written).not.toMatch(/url|expression|image|position|animation|binding|behavior|[\\@/]/i);
        }
    }
    return written;
  };

  it.each(VECTORS)('%s', (_, html) => {
    const once = check(html);
    // What is clean stays as it is: a second reader finds nothing in it that the first did not.
    expect(clean(once)).toBe(once);
    check(`<p title="a">${html}</p>`);
    check(`<table><tr><td>${html}`);
  });

  it('nor when any two of them meet', () => {
    for (const [, first] of VECTORS.slice(0, 80))
      for (const [, second] of VECTORS) if (first.length + second.length < 500) check(first + second);
  });
});

/** The archive's reference record lies beside the project on the machines that check it. */
const seed = new URL('../../../../../shared/acceptance/seed/', import.meta.url);

describe.skipIf(!existsSync(seed))('the archive record', () => {
  it('holds the content of its feed', () => {
    const feed = readFileSync(new URL('feed.xml', seed), 'utf8');
    const content = /<content:encoded><!\[CDATA\[([\s\S]*?)\]\]>/.exec(feed)?.[1] ?? '';
    const record = readFileSync(new URL('record.md', seed), 'utf8');
    expect(joined(clean(content))).toBe(record.split('\n')[4]);
  });
});
