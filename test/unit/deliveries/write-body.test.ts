import { expect, it } from 'vitest';
import { MAX_TEXT, writeBody } from '../../../src/deliveries/write-body.js';

const write = (data: Record<string, unknown>) =>
  JSON.parse(writeBody({ type: 'record.stored', occurredAt: new Date('2026-03-01T06:39:03Z'), data }));

it('has a type, a timestamp and data', () => {
  expect(write({ id: 7, title: 'T' })).toEqual({
    type: 'record.stored',
    timestamp: '2026-03-01T06:39:03.000Z',
    data: { id: 7, title: 'T' },
  });
});

it('cuts a long text, leaves long HTML out, and says so', () => {
  const long = `${'x'.repeat(MAX_TEXT - 1)}😀`;
  expect(write({ content_text: long, content_html: long, title: 'T' }).data).toEqual({
    content_text: 'x'.repeat(MAX_TEXT - 1),
    content_html: null,
    title: 'T',
    shortened: ['content_text', 'content_html'],
  });
});
