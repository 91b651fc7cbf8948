/** HTML elements that are kept, with the attributes allowed on each. Elements not listed are unwrapped: their content stays. */
export const HTML_ELEMENTS: Record<string, readonly string[]> = {
  a: ['href', 'title'],
  abbr: ['title'],
  audio: ['src', 'controls'],
  b: [],
  blockquote: [],
  br: [],
  caption: [],
  cite: [],
  code: [],
  col: [],
  colgroup: [],
  dd: [],
  del: [],
  details: [],
  div: [],
  dl: [],
  dt: [],
  em: [],
  figcaption: [],
  figure: [],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  hr: [],
  i: [],
  img: ['src', 'alt', 'title', 'width', 'height'],
  ins: [],
  kbd: [],
  li: [],
  mark: [],
  ol: ['start'],
  p: [],
  pre: [],
  q: [],
  rp: [],
  rt: [],
  ruby: [],
  s: [],
  samp: [],
  small: [],
  source: ['src', 'type'],
  strong: [],
  sub: [],
  summary: [],
  sup: [],
  table: [],
  tbody: [],
  td: ['colspan', 'rowspan'],
  tfoot: [],
  th: ['colspan', 'rowspan'],
  thead: [],
  time: ['datetime'],
  tr: [],
  u: [],
  ul: [],
  var: [],
  video: ['src', 'controls', 'poster'],
  wbr: [],
};

/** Attributes allowed on every HTML element. Their values are checked as well. */
export const GLOBAL_ATTRIBUTES: readonly string[] = ['style', 'dir', 'lang'];

/**
 * MathML elements that are kept inside `<math>`, with their attributes: those of MathML Core that lay out a formula. HTML
 * elements are not kept inside formulas, nor these outside, so that no parser can read one as the other. Annotations are left
 * out because parsers switch rules inside them.
 */
export const MATHML_ELEMENTS: Record<string, readonly string[]> = {
  math: ['display', 'alttext'],
  menclose: ['notation'],
  mfrac: ['linethickness'],
  mi: ['mathvariant'],
  mmultiscripts: [],
  mn: ['mathvariant'],
  mo: ['stretchy', 'fence', 'separator', 'form', 'lspace', 'rspace', 'largeop', 'movablelimits'],
  mover: ['accent'],
  mpadded: [],
  mphantom: [],
  mprescripts: [],
  mroot: [],
  mrow: [],
  ms: [],
  mspace: ['width'],
  msqrt: [],
  mstyle: ['displaystyle', 'scriptlevel'],
  msub: [],
  msubsup: [],
  msup: [],
  mtable: [],
  mtd: ['columnspan', 'rowspan'],
  mtext: [],
  mtr: [],
  munder: ['accentunder'],
  munderover: [],
};

/** Elements that are removed with everything in them. */
export const REMOVED_ELEMENTS: ReadonlySet<string> = new Set(
  [
    'script style noscript template iframe object embed applet frame frameset',
    'form input button select textarea option',
    'link meta base head title',
    'svg canvas dialog annotation annotation-xml',
  ].flatMap((names) => names.split(' ')),
);

/** Kept elements that have no end tag. */
export const VOID_ELEMENTS: ReadonlySet<string> = new Set(['br', 'col', 'hr', 'img', 'source', 'wbr']);
