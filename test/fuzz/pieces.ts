import { VECTORS } from '../fixtures/sanitizer-vectors.js';

/** Names that elements are given: those that our readers treat in a way of their own, and some that nobody knows. */
export const ELEMENTS = [
  'a b blockquote body br code details div dl dt em figure form h1 h2 head html iframe img li main math mi noscript object ol p',
  'picture plaintext pre q script section source span style summary svg table td template textarea th time title tr ul video xmp',
  'meta link base annotation amp-youtube article aside header footer nav select button x-y constructor toString',
  'rss channel item entry feed rdf:RDF rdf:li guid pubDate dc:date author name content:encoded description category enclosure',
  'media:group media:content summary content source updated published itunes:image atom:link id ttl skipHours hour image',
].flatMap((names) => names.split(' '));

/** Names of attributes that our readers look at, or that must never come through. */
export const ATTRIBUTES = [
  'href src srcset data-src alt title class id style lang dir rel type content name property itemprop datetime width height onclick',
  'onerror poster colspan rowspan alttext display encoding start controls http-equiv charset srcdoc action formaction xlink:href',
  'xml:base xml:lang xmlns xmlns:x url length medium isPermaLink rdf:about rdf:resource domain duration __proto__ constructor',
].flatMap((names) => names.split(' '));

/**
 * Texts that meet a limit, an exception or another alphabet somewhere, one a line. They serve as text and as values of attributes.
 */
const ONE_LINE_TEXTS = String.raw`
  0
  -1
  1e300
  999999999999999999999
  NaN
  true
  港の灯台に明かり。
  السوق القديم يفتح
  Ünïcödé
  😀
  javascript:hit()
  vbscript:x
  data:text/html,x
  //evil.example/x
  http://
  http://[::1
  /../..
  https://n.example/a b"c
  https://n.example/%zz
  https://u:p@n.example/
  https://n.example:99999/
  mailto:a@b
  ftp://x/y
  2026-03-02T10:00:00Z
  2026-02-30
  31 Feb 2026 25:61
  0000-00-00
  9999-12-31T23:59:59Z
  -271821-04-20
  1 Jan
  now
  color:red
  position:fixed
  color:expression(hit())
  background:url(x)
  color:\72 ed
  0; url=/x
  0;url=javascript:x
  [x](javascript:hit())
  a@b (
  <!--
  ]]>
  {"@type":"NewsArticle"}
  {"a":
  [[[[
`;

/** The same, of characters that can't be seen. */
const INVISIBLE_TEXTS = [
  ...['', ' ', '\u00a0\u00a0', '\u2028', '\ufeff', '\ufffd'],
  // Controls, half a character, and bidi controls.
  ...['\u0000', '\u0001', '\ud800', '\u202etxt.exe', '\u2066x\u2069', 'java\tscript:hit()'],
];

/** The same, of many characters. */
export const LONG_TEXTS: readonly string[] = [
  'x'.repeat(5_000),
  '0123456789abcdef'.repeat(400),
  '\\'.repeat(3_000),
  '|'.repeat(500),
  '`'.repeat(99),
  // Clusters of characters, and characters of two code units.
  'e\u0301'.repeat(300),
  'ﷺ'.repeat(50),
  '😀'.repeat(300),
  'By A. and B. and C. '.repeat(100),
];

const listLines = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

/** Texts that meet a limit, an exception or another alphabet somewhere. They serve as text and as values of attributes. */
export const TEXTS: readonly string[] = [...listLines(ONE_LINE_TEXTS), ...INVISIBLE_TEXTS, ...LONG_TEXTS];

/** References to characters, well-formed and not. */
export const REFERENCES = [
  '&amp; &lt; &gt; &quot; &nbsp; &#0; &#x110000; &#xD800; &#60; &#x3c &lt &ampamp; &notit; &undefined; &#; &#x; & &bomb;',
  '&Tab; &NewLine; &colon; &#9; &#8238; &lpar; &NotEqualTilde; &#128;',
].flatMap((list) => list.split(' '));

/** Markup that begins, ends or hides something where nobody expects it, one a line. */
const ONE_LINE_MARKUP = `
  <
  >
  </
  <!
  <?
  <!--
  -->
  --!>
  <![CDATA[
  ]]>
  <!DOCTYPE x [<!ENTITY bomb "&bomb;&bomb;">]>
  <?xml version="1.0"?>
  </p>
  </div>
  </body></html>
  </channel></rss>
  </item>
  <item/>
  <entry/>
  <base href="//evil.example/">
  <plaintext>
  <meta http-equiv=refresh content="0;url=/x">
  <meta charset=utf-16>
  <link rel=next href="?page=2">
  <link rel=canonical href="javascript:x">
  <script type="application/ld+json">{"@type":"NewsArticle","headline":{"a":[1,{}]},"author":[[null]],"datePublished":7}</script>
  <link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="javascript:x"/>
  <ttl>1e9</ttl>
  <skipHours><hour>99</hour></skipHours>
`;

/** Markup that begins, ends or hides something where nobody expects it, and attacks. */
export const MARKUP: readonly string[] = [...listLines(ONE_LINE_MARKUP), ...VECTORS.map(([, html]) => html)];

/** Labels of encodings, some unknown or not supported. */
export const CHARSETS =
  'utf-8 utf-16le utf-16be iso-8859-1 windows-1252 gbk shift_jis euc-jp iso-2022-jp big5 koi8-r utf-7 x-none'.split(' ');

/** Content types as servers send them. */
export const CONTENT_TYPES = 'text/html application/xhtml+xml text/xml application/rss+xml application/json text/plain ;; x/y'
  .split(' ')
  .concat('');
