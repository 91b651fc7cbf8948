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
    ['a script', '<p>a<script>alert(1)</script>b</p>', '<p>ab</p>'],
    ['a script and a handler', '<p onclick="x()">a<script>alert(1)</script></p>', '<p>a</p>'],
    ['a handler', '<img src="https://i.example/x.png" onerror="alert(1)">', '<img src="https://i.example/x.png">'],
    ['a script URL', '<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['a script URL with a line break', '<a href="java\nscript:alert(1)">a</a>', '<a>a</a>'],
    ['a script URL with white space', '<a href=" java\n\tscript:alert(1)">x</a>', '<a>x</a>'],
    ['a script URL after a control character', '<a href=" \u0001javascript:alert(1)">a</a>', '<a>a</a>'],
    ['a script URL with entities', '<a href="&#106;avascript&colon;alert(1)">x</a>', '<a>x</a>'],
    ['a data URL', '<img src="data:image/png;base64,AAAA">', ''],
    ['a data URL with a handler', '<img src="data:image/svg+xml,x" onerror="x()">', ''],
    ['a frame', '<iframe src="https://e.example/"></iframe><p>x</p>', '<p>x</p>'],
    ['a style sheet', '<iframe src="https://x.example"></iframe><style>p{}</style>', ''],
    ['a style that loads', '<p style="background-color: url(https://e.example/)">x</p>', '<p>x</p>'],
    ['a style that covers the page', '<p style="position:fixed;color:red">x</p>', '<p style="color:red;">x</p>'],
    ['both in one style', '<p style="position:fixed; color:red; background:url(x)">a</p>', '<p style="color:red;">a</p>'],
    ['class and id', '<p class="a" id="b">x</p>', '<p>x</p>'],
    ['an element without meaning', '<span class="c" id="d">a</span>', 'a'],
    ['a comment', '<p>x<!-- y --></p>', '<p>x</p>'],
    ['an SVG', '<svg><script>x</script></svg><math><mi>x</mi></math>', '<math><mi>x</mi></math>'],
    ['elements named like members of Object', '<constructor>x</constructor><valueof>y</valueof>', 'xy'],
    ['NUL and lone surrogates', '<p>a\0b\ud800c</p>', '<p>ab\ufffdc</p>'],
  ])('removes %s', (_, html, expected) => expect(clean(html)).toBe(expected));

  it.each([
    ['markup in text', '<p>&lt;script&gt; &amp;amp;</p>'],
    ['no-break spaces and typographic quotes', '“2+2”\u00a0&lt;b&gt;'],
    ['a safe style', '<small style="color: #999;">a</small>'],
    ['a width', '<img src="https://i.example?url=x/y.jpg" width="100%">'],
  ])('keeps %s', (_, html) => expect(clean(html)).toBe(html));

  it.each([
    [
      'quotes that would end an attribute',
      `<img src="https://i.example/x.png" alt='"><script>'>`,
      '<img src="https://i.example/x.png" alt="&quot;&gt;&lt;script&gt;">',
    ],
    ['quotes of an alt text', '<img src="/b.png" alt="x&quot;y">', '<img src="https://news.example/b.png" alt="x&quot;y">'],
  ])('escapes %s', (_, html, expected) => expect(clean(html)).toBe(expected));

  it.each([
    ['a relative URL made absolute', '<a href="../c.html">x</a>', '<a href="https://news.example/c.html">x</a>'],
    [
      'an absolute URL as it is written',
      '<img src="https://img.example?u=a.example/b.jpg">',
      '<img src="https://img.example?u=a.example/b.jpg">',
    ],
    [
      'an absolute URL with spaces, quotes and angle brackets percent-encoded',
      `<img src="https://i.example/a b&quot;'\`<>&#160;c.jpg">`,
      '<img src="https://i.example/a%20b%22%27%60%3C%3E%C2%A0c.jpg">',
    ],
    [`a relative URL likewise`, `<a href="a b'c">x</a>`, '<a href="https://news.example/a/a%20b%27c">x</a>'],
  ])('writes %s', (_, html, expected) => expect(clean(html)).toBe(expected));

  it.each([
    ['data-src', '<img src="data:image/gif;base64,R0" data-src="/p.jpg">', '<img src="https://news.example/p.jpg">'],
    ['a relative data-src', '<img src="data:x" data-src="c.png">', '<img src="https://news.example/a/c.png">'],
    ['data-original', '<img data-original="/o.jpg" src="/blank.gif">', '<img src="https://news.example/o.jpg">'],
    [
      'a noscript',
      '<img src="data:x"><noscript><img src="/n.jpg" onerror="x()"></noscript>',
      '<img src="https://news.example/n.jpg">',
    ],
    ['its own src', '<img src="/a.jpg"><noscript><img src="/n.jpg"></noscript>', '<img src="https://news.example/a.jpg">'],
    ['no noscript with other things', '<img src="data:x"><noscript><style>x</style><img src="/n.jpg"></noscript>', ''],
    ['no script URL', '<img data-src="javascript:alert(1)">', ''],
  ])('finds the address of a lazy image: %s', (_, html, expected) => expect(clean(html)).toBe(expected));

  it('takes the largest candidate of a srcset', () => {
    expect(clean('<img srcset="/s.jpg 300w, /l.jpg 900w">')).toContain('l.jpg');
    expect(clean('<picture><source srcset="/s.webp 1x, /l.webp 2x"><img alt="a"></picture>')).toContain(
      'src="https://news.example/l.webp"',
    );
  });

  it.each([
    [
      'a formula',
      '<math display="block"><mfrac linethickness="0"><mi mathvariant="normal">a</mi><mn>2</mn></mfrac></math>',
      undefined,
    ],
    [
      'not its handlers',
      '<math onclick="hit()" href="javascript:hit()"><mi href="//e.example">a</mi></math>',
      '<math><mi>a</mi></math>',
    ],
    [
      'its TeX, but not the annotation',
      '<math><semantics><mi>a</mi><annotation encoding="application/x-tex">\\alpha &lt; 2</annotation><annotation-xml encoding="text/html"><p>x</p></annotation-xml></semantics></math>',
      '<math alttext="\\alpha &lt; 2"><mi>a</mi></math>',
    ],
    ['no HTML inside it', '<math><mtext><b>x</b><img src="/a.png"></mtext></math>', '<math><mtext>x</mtext></math>'],
    ['no MathML outside it', '<p><mi>a</mi><mglyph src="x">b</mglyph></p>', '<p>ab</p>'],
    ['what comes after it', '<math><mi>a</mi></math><p>b</p>', undefined],
    [
      'no attribute with another kind of value',
      '<math><mspace width="url(x)"></mspace></math>',
      '<math><mspace></mspace></math>',
    ],
  ])('keeps of a formula: %s', (_, html, expected) => expect(clean(html)).toBe(expected ?? html));

  it('keeps the harmless parts of a feed byte for byte', () => {
    const source = `
      <div><i>Mon, 02 Mar 2026 08:00:00 GMT</i></div><img src="https://proxy.example?url=i.example/a_r1.jpg" width="100%"><div><small style="color: #999;">渡船停靠在“1+1”码头。</small></div><p>潮水(Tide)退去。</p>
      <p>\u00a0</p>
      <p><strong>第二天</strong><em>(完)</em></p>
    `;
    expect(joined(clean(source))).toBe(joined(source));
  });
});

/**
 * The only elements and attributes that sanitized HTML may have, read by a parser that works as browsers do: cheerio's
 * default, parse5.
 */
const TAGS =
  /^(a|abbr|audio|b|blockquote|br|caption|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|rp|rt|ruby|s|samp|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|tr|u|ul|var|video|wbr)$/;
const ATTRIBUTES = /^(href|src|poster|title|alt|width|height|start|colspan|rowspan|datetime|controls|type|style|dir|lang)$/;

describe('sanitize against attack vectors', () => {
  /**
   * Formulas hold no HTML, and MathML is only in formulas: markup that changes sides when parsed again is how sanitizers are
   * fooled.
   */
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

  it.each(VECTORS)('is safe against %s', (_, html) => {
    const once = check(html);
    // Clean HTML stays as it is: parsing it again finds nothing new.
    expect(clean(once)).toBe(once);
    check(`<p title="a">${html}</p>`);
    check(`<table><tr><td>${html}`);
  });

  it('stays safe for any two vectors in a row', () => {
    for (const [, first] of VECTORS.slice(0, 80))
      for (const [, second] of VECTORS) if (first.length + second.length < 500) check(first + second);
  });
});

/** The archive's reference record, on the machines that have it. */
const seed = new URL('../../../../../shared/acceptance/seed/', import.meta.url);

describe.skipIf(!existsSync(seed))('sanitize', () => {
  it("gives the archive record's content from its feed", () => {
    const feed = readFileSync(new URL('feed.xml', seed), 'utf8');
    const content = /<content:encoded><!\[CDATA\[([\s\S]*?)\]\]>/.exec(feed)?.[1] ?? '';
    const record = readFileSync(new URL('record.md', seed), 'utf8');
    expect(joined(clean(content))).toBe(record.split('\n')[4]);
  });
});
