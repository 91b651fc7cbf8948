import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignatureValid, parseHubLinks, parseIntent, renewalDelay, subscriptionForm } from '../../../src/web/websub.js';
import { cpuMs } from '../../timing.js';

const BASE = 'https://news.example/feed.xml';

describe('parseHubLinks', () => {
  it.each([
    ['no header', undefined, {}],
    [
      'both',
      '<https://hub.example/>; rel="hub", <https://news.example/feed>; rel="self"',
      { hubUrl: 'https://hub.example/', selfUrl: 'https://news.example/feed' },
    ],
    ['an unquoted rel', '<https://hub.example/>;rel=hub', { hubUrl: 'https://hub.example/' }],
    [
      'relative URLs',
      '</hub>; rel=hub, <feed.xml?a=1,2>; rel=self',
      { hubUrl: 'https://news.example/hub', selfUrl: 'https://news.example/feed.xml?a=1,2' },
    ],
    [
      'several relations in one rel',
      '<https://hub.example/>; title="a, b; c"; rel="alternate HUB"',
      { hubUrl: 'https://hub.example/' },
    ],
    ['the first of two hubs', '<https://a.example/>; rel=hub, <https://b.example/>; rel=hub', { hubUrl: 'https://a.example/' }],
    ['another scheme', '<mailto:a@hub.example>; rel=hub', {}],
    ['other relations', '<https://a.example/style.css>; rel=preload; as=style', {}],
    ['no link at all', 'rel=hub; <', {}],
  ])('%s', (_, header, expected) => {
    expect(parseHubLinks(header, BASE)).toEqual(expected);
  });

  it('takes linear time for hostile headers', async () => {
    for (const piece of ['<a>;', '<a> ; "', '<', '; rel="'])
      expect(await cpuMs(() => parseHubLinks(`<a>${piece.repeat(100_000)}`, BASE)), piece).toBeLessThan(5_000);
  });
});

it('builds the subscription form that the specification asks for', () => {
  const form = new URLSearchParams(
    subscriptionForm({ callback: 'https://us.example/websub/t?', topic: `${BASE}?a=b&c`, secret: 's&=' }),
  );
  expect(Object.fromEntries(form)).toEqual({
    'hub.callback': 'https://us.example/websub/t?',
    'hub.mode': 'subscribe',
    'hub.topic': `${BASE}?a=b&c`,
    'hub.lease_seconds': '864000',
    'hub.secret': 's&=',
  });
});

describe('parseIntent', () => {
  const query = (fields: Record<string, string>) =>
    new URLSearchParams({ 'hub.topic': BASE, 'hub.mode': 'subscribe', 'hub.challenge': 'abc', ...fields });
  it.each([
    ['a verification', { 'hub.lease_seconds': '3600' }, { kind: 'subscribe', challenge: 'abc', leaseMs: 3_600_000 }],
    ['a verification without a lease', {}, { kind: 'subscribe', challenge: 'abc', leaseMs: 864_000_000 }],
    ['a lease that is not a number', { 'hub.lease_seconds': 'x' }, { kind: 'subscribe', challenge: 'abc', leaseMs: 864_000_000 }],
    ['a lease too short', { 'hub.lease_seconds': '1' }, { kind: 'subscribe', challenge: 'abc', leaseMs: 60_000 }],
    ['a lease too long', { 'hub.lease_seconds': '1e12' }, { kind: 'subscribe', challenge: 'abc', leaseMs: 31_536_000_000 }],
    ['a denial', { 'hub.mode': 'denied', 'hub.reason': 'no' }, { kind: 'denied', reason: 'no' }],
    ['another topic', { 'hub.topic': 'https://other.example/' }, { kind: 'not-ours' }],
    ['an unsubscription, which we never ask for', { 'hub.mode': 'unsubscribe' }, { kind: 'not-ours' }],
    ['a missing challenge', { 'hub.challenge': '' }, { kind: 'not-ours' }],
    ['an oversized challenge', { 'hub.challenge': 'x'.repeat(2_001) }, { kind: 'not-ours' }],
  ])('%s', (_, fields, expected) => {
    expect(parseIntent(query(fields), BASE)).toEqual(expected);
  });
});

describe('isSignatureValid', () => {
  const body = Buffer.from('<rss/>');
  const hmac = (method: string, secret = 'secret') => createHmac(method, secret).update(body).digest('hex');
  it.each([
    ['sha1', `sha1=${hmac('sha1')}`, true],
    ['sha256', `sha256=${hmac('sha256')}`, true],
    ['sha384', `sha384=${hmac('sha384')}`, true],
    ['sha512', `sha512=${hmac('sha512')}`, true],
    ['upper case', `SHA256=${hmac('sha256').toUpperCase()}`, true],
    ['md5', `md5=${hmac('md5')}`, false],
    ['another secret', `sha256=${hmac('sha256', 'other')}`, false],
    ['another method', `sha1=${hmac('sha256')}`, false],
    ['truncated', `sha256=${hmac('sha256').slice(0, 10)}`, false],
    ['empty', 'sha256=', false],
    ['absent', undefined, false],
  ])('%s', (_, header, expected) => {
    expect(isSignatureValid(header, body, 'secret')).toBe(expected);
  });
});

it.each([
  ['ten days', 864_000_000, 864_000_000 - 172_800_000],
  ['a day', 86_400_000, 43_200_000],
  ['a minute', 60_000, 30_000],
])('renews a lease of %s before it ends', (_, leaseMs, expected) => {
  expect(renewalDelay(leaseMs)).toBe(expected);
});
