import { load } from 'cheerio/slim';
import type { Document } from 'domhandler';
import { selectElements } from '../text/html-tree.js';
import { anyPhrase } from '../text/word-list.js';

/** Longest text of a gate page, in characters. */
const MAX_GATE_TEXT = 1_500;
/** Longest text around a password field that makes the page a login form; on a longer page the field belongs to its menu. */
const MAX_LOGIN_TEXT = 200;

/** What gate pages say, by kind. */
const GATE_PHRASES = new RegExp(
  `\\b(?:${anyPhrase(`
    # login and subscription forms
    log in to continue
    log in to read
    login to continue
    login to read
    sign in to continue
    sign in to read
    subscribe to continue
    subscribe to read
    already a subscriber
    access denied
    # challenges of bot checks
    verify (that) you are (a) human
    enable javascript and cookies
    checking your browser
    captcha
  `)})\\b`,
  'i',
);

/** Whether a page stands in front of an article: a login or subscription form, or a bot check. `text` is the page's body text. */
export function isGatePage(document: Document, text: string): boolean {
  if (text.length > MAX_GATE_TEXT) return false;
  if (GATE_PHRASES.test(text)) return true;
  return text.length < MAX_LOGIN_TEXT && selectElements(load(document), 'input[type="password" i]').length > 0;
}
