import { expect, it } from 'vitest';
import { writeDigest } from '../../../src/deliveries/digest.js';
import type { EventType } from '../../../src/deliveries/event.js';

const occurredAt = new Date('2026-03-01T06:39:03Z');
const event = (type: EventType, data: Record<string, unknown> = {}) => ({ type, occurredAt, data });

it('groups events, the most urgent first', () => {
  const { subject, text } = writeDigest([
    event('feed.failing', { title: 'A', url: 'https://a.example/feed', last_error: 'It is down.' }),
    event('feed.failing', { title: 'B', url: 'https://b.example/feed' }),
    event('outage.began', { outage_id: 1 }),
  ]);
  expect(subject).toBe('Feedmill: an outage began, 2 feeds failing');
  expect(text.split('\n').slice(0, 6)).toEqual([
    'Most sites cannot be reached. The problem is on our side:',
    '  2026-03-01 06:39 UTC',
    '',
    'Failing for three polls or more:',
    '  2026-03-01 06:39 UTC  A  https://a.example/feed  It is down.',
    '  2026-03-01 06:39 UTC  B  https://b.example/feed',
  ]);
});

it('keeps what comes from outside on one line, and out of the subject', () => {
  const title = 'Bcc: x@y.example\r\nSubject: hacked\u202e';
  const { subject, text } = writeDigest([event('feed.retired', { title, last_error: 'x'.repeat(1_000) })]);
  expect(subject).toBe('Feedmill: 1 feed retired');
  const line = text.split('\n')[1] ?? '';
  expect(line).toContain('Bcc: x@y.example  Subject: hacked ');
  expect(line.length).toBeLessThanOrEqual(301);
});

it('lists fifty events of a kind, and counts the others', () => {
  const { subject, text } = writeDigest(Array.from({ length: 60 }, (_, n) => event('feed.failing', { title: `Feed ${n}` })));
  expect(subject).toBe('Feedmill: 60 feeds failing');
  expect(text).toContain('… and 10 more');
  expect(text).not.toContain('Feed 50');
});
