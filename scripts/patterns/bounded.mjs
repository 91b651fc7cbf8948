// The regular expressions that `npm run patterns` accepts although they can take more than linear time. Each is only applied to
// short text. Each entry names the limit and the place that enforces it: check both before you add one.

/**
 * @typedef {object} Bounded
 * @property {string} path the file of the expression
 * @property {string} source the expression without slashes and flags; its beginning is enough, from 11 characters on
 * @property {string} bound the longest text that it is applied to, and what enforces this
 */

const CLASS_WORDS = '600 characters: readClassWords reads 300 of class and id, and splitCamelCase at most doubles them';
const PART = 'nothing by itself: a part of INTERFACE_TEXT, which is anchored and is checked as a whole';
const BYLINE = '400 characters: readByline cuts the text at MAX_BYLINE before it is used';
const WRITTEN_DATE = '200 characters: parseWrittenDate cuts the text at MAX_TEXT before it is used';

/** @type {Bounded[]} */
export const BOUNDED = [
  {
    path: 'src/articles/body/boilerplate/pointers.ts',
    source: '[:：]\\W*$',
    bound: '60 characters: isPointer compares the length with MAX_LABEL first',
  },
  { path: 'src/articles/body/class-verdict.ts', source: '(?:^|\\s)(?:hidden|invisible)', bound: CLASS_WORDS },
  { path: 'src/articles/body/words/interface-text.ts', source: '\\d+ ?\\/ ?\\d+', bound: PART },
  { path: 'src/articles/body/words/interface-text.ts', source: '[\\d,.]+ (?:views?', bound: PART },
  { path: 'src/articles/body/words/interface-text.ts', source: '.{0,120} back to video', bound: PART },
  { path: 'src/articles/body/words/interface-text.ts', source: '\\d+ ?(?:min(?:ute)?s?', bound: PART },
  { path: 'src/articles/metadata/byline.ts', source: '\\s*[|·•]\\s*', bound: BYLINE },
  { path: 'src/articles/metadata/byline.ts', source: '\\S+@\\S+', bound: BYLINE },
  { path: 'src/articles/metadata/byline.ts', source: '^[\\s"“”«»\'’.:–—-]+', bound: BYLINE },
  { path: 'src/articles/metadata/byline.ts', source: '\\s*(?:[,;|•·、，；\\n]', bound: BYLINE },
  { path: 'src/articles/metadata/byline.ts', source: '\\s*(?:\\(|\\[|\\s[–—-]', bound: BYLINE },
  {
    path: 'src/articles/metadata/byline.ts',
    source: '^(?:.*\\b(?:',
    bound: '60 characters: isName compares the length with MAX_NAME first',
  },
  {
    path: 'src/articles/metadata/scan.ts',
    source: '(^|[-_\\s])(veröffentlicht|',
    bound: '401 characters: readClassWords reads 300 of class and id, scanByAttributes MAX_TEST_ID of data-testid',
  },
  { path: 'src/articles/metadata/written-date.ts', source: '(Z|UTC|GMT|[+-]\\d{2}', bound: WRITTEN_DATE },
  { path: 'src/articles/metadata/written-date.ts', source: '([\\p{L}\\p{M}]{2,12}', bound: WRITTEN_DATE },
  {
    path: 'src/text/dates/find-zone.ts',
    source: '\\d.*\\b(?:[ecmp]',
    bound: '3,600 characters: readDate refuses texts longer than MAX_LENGTH (200), and foldText makes at most 18 of one (U+FDFA)',
  },
  { path: 'src/text/word-list.ts', source: '(^|\\s)#.*$', bound: 'our own word lists, when a module is loaded' },
];

/**
 * Files that build expressions inside functions which no import calls, so that the check does not see them, and why these
 * take linear time.
 * @type {Record<string, string>}
 */
export const BUILT_IN_FUNCTIONS = {
  'src/articles/metadata/json-ld.ts':
    'a field\'s name in `"name"\\s{0,20}:\\s{0,20}"([^"\\n]{1,300})"`: every repetition has a limit',
  'src/articles/next-page.ts': 'a page number between `(?:^|\\D)` and `(?:\\D|$)`: no repetition',
};
