import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { signWebhook } from '../../../src/deliveries/sign.js';

it('signs id, timestamp and body with the bytes of the secret', () => {
  const key = Buffer.alloc(24, 7);
  const body = '{"type":"test"}';
  const headers = signWebhook(`whsec_${key.toString('base64')}`, { id: 'msg_1', sentAt: new Date(1_614_265_330_999), body });
  expect(headers).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1614265330',
    'webhook-signature': `v1,${createHmac('sha256', key).update(`msg_1.1614265330.${body}`).digest('base64')}`,
  });
});
