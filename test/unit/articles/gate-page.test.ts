import { parseDocument } from 'htmlparser2';
import { expect, it } from 'vitest';
import { isGatePage } from '../../../src/articles/gate-page.js';

const password = parseDocument('<form><input type="PassWord"></form>');
const none = parseDocument('<p></p>');

it.each([
  ['log in to continue', none, 'Please log in to continue', true],
  ['login to read', none, 'Login to read this story.', true],
  ['subscribe', none, 'Subscribe to continue.', true],
  ['already a subscriber', none, 'Already a subscriber?', true],
  ['a bot check', none, 'Verify that you are a human.', true],
  ['another bot check', none, 'Verify you are human.', true],
  ['a part of a word', none, 'The recaptchas of 2010', false],
  ['a password field and little text', password, 'Welcome back.', true],
  ['a password field on a longer page', password, 'The ferry is late. '.repeat(20), false],
  ['an article that speaks of logins', none, `${'The ferry is late. '.repeat(100)} Log in to continue.`, false],
])('isGatePage: %s', (_, document, text, expected) => expect(isGatePage(document, text)).toBe(expected));
