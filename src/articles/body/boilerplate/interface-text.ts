import { anyPattern, anyPhrase } from '../../../text/word-list.js';
import { INTERFACE_LINES, INTERFACE_OPENINGS, INTERFACE_PATTERNS } from '../words/interface-text.js';

const INTERFACE_TEXT = new RegExp(
  `^(?:(?:${anyPhrase(INTERFACE_LINES)}|${anyPattern(INTERFACE_PATTERNS)})$|(?:${anyPhrase(INTERFACE_OPENINGS)})(?!\\w))`,
  'i',
);

/** Whether a text was written by the page's software: a label of an advert, player or button. */
export const isInterfaceText = (text: string): boolean => INTERFACE_TEXT.test(text);
