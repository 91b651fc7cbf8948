import { compileClassWords } from '../../dom/class-words.js';

/**
 * Class and id words of the element that holds the article's text. They win over the words of clutter. Here a hyphen stands
 * for any run of hyphens and underscores, or for none: `article-body` also matches `article__body` and `articlebody`.
 */
const LOOSE = `
  article-body
  article-content
  article-text
  story-body
  story-content
  story-text
  post-body
  post-content
  post-text
  entry-content
`;

/** More such words, which match only as they are written here. */
const EXACT = `
  body-text
  bodytext
  content-body
  contentbody
  main-content
  maincontent
  richtext

  # Drupal
  field-name-body
  field--name-body
  field-name-field-body
  field--name-field-body

  # de
  artikel
  artikeltext
`;

const LOOSE_PATTERN = compileClassWords(LOOSE, { hyphen: '[-_]*' });
const EXACT_PATTERN = compileClassWords(EXACT);

/** Whether a class and id name the element that holds the article's text. */
export const hasBodyClass = (words: string): boolean => LOOSE_PATTERN.test(words) || EXACT_PATTERN.test(words);
