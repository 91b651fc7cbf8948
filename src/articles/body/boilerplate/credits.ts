import { anyPattern, anyPhrase } from '../../../text/word-list.js';
import {
  BRACKETED_CREDITS,
  CONTRIBUTION_PATTERNS,
  CONTRIBUTION_PHRASES,
  NEWS_AGENCIES,
  PICTURE_AGENCIES,
  PICTURE_LABELS,
  SOURCE_LABELS,
} from '../words/credit-words.js';

/** Longer texts are paragraphs that mention a picture, in characters. */
const MAX_PICTURE_CREDIT = 300;

const PICTURE_CREDIT = new RegExp(
  [
    // "Photos by: …", "Foto: …", "Image credit (…"
    `^\\W{0,3}(?:${anyPhrase(PICTURE_LABELS)})s?(?: credits?)?(?: by| courtesy)?\\s*[:：©(]`,
    '^(?:©|\\(c\\)\\s)',
    '^(?:photo(?:graph)?|illustration|image) by\\b',
    // "… (AP Photo/Ada Example)"
    `\\((?:${anyPhrase(BRACKETED_CREDITS)})[^()]{0,100}\\)\\W{0,3}$`,
    // "… / Getty Images"
    `(?:${anyPhrase(PICTURE_AGENCIES)})\\W{0,3}$`,
    'courtesy of [^.]{2,50}$',
  ].join('|'),
  'i',
);

const CONTRIBUTION = new RegExp(
  [
    `\\b(?:${anyPhrase(CONTRIBUTION_PHRASES)}|${anyPattern(CONTRIBUTION_PATTERNS)})`,
    // An e-mail address.
    '\\S@[^\\s@]+\\.\\w{2,}',
    `^(?:${anyPhrase(SOURCE_LABELS)})\\s*[:：]`,
    // An agency alone, or several: "(dpa/afp)".
    `^\\(?(?:${anyPhrase(NEWS_AGENCIES)})(?:[/-]\\w{2,10})*\\)?$`,
  ].join('|'),
  'i',
);

/** Whether a text names the photographer, agency or source of a picture. */
export const isPictureCredit = (text: string): boolean => text.length < MAX_PICTURE_CREDIT && PICTURE_CREDIT.test(text);

/** Whether a text near the end says who helped, how to reach the author, where the article appeared or who has its rights. */
export const isContribution = (text: string): boolean => CONTRIBUTION.test(text);
