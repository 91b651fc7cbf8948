import { expect, it } from 'vitest';
import type { Role } from '../../../src/cli/app.js';
import { loadConfig } from '../../../src/config.js';
import { warnWithoutContact } from '../../../workers/warn-without-contact.js';

it.each<[string, NodeJS.ProcessEnv, Role, number]>([
  ['who sets nothing', {}, 'all', 1],
  ['who sets nothing, of a worker', {}, 'articles', 1],
  ['who leaves CONTACT_URL empty', { CONTACT_URL: '' }, 'feeds', 1],
  ['of the poller, which asks no site', {}, 'poller', 0],
  ['who sets CONTACT_URL', { CONTACT_URL: 'https://news.example/bot' }, 'all', 0],
  ['who sets USER_AGENT', { USER_AGENT: 'News/1' }, 'all', 0],
])('warns an operator %s', (_, env, role, count) => {
  const warnings: string[] = [];
  const log = { warn: (text: string) => void warnings.push(text) } as Parameters<typeof warnWithoutContact>[0]['log'];
  warnWithoutContact({ config: loadConfig(env), log }, role);
  expect(warnings).toHaveLength(count);
});

it('names a page that does not exist as the contact until one is set', () => {
  expect(loadConfig({}).fetch.userAgent).toContain('(+https://feedmill.example/bot)');
  expect(loadConfig({ CONTACT_URL: 'https://news.example/bot' }).fetch.userAgent).toContain('(+https://news.example/bot)');
});
