import { createHmac } from 'node:crypto';

/** The headers that prove where a webhook comes from, and when it was sent. */
export interface SignatureHeaders extends Record<string, string> {
  'webhook-id': string;
  /** Seconds since 1970 of this attempt. */
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs a webhook after the Standard Webhooks specification (github.com/standard-webhooks, spec v1): the Base64 of an HMAC-SHA256
 * of `id.timestamp.body`.
 * @param secret `whsec_` and the Base64 of the key
 * @param sentAt the time of this attempt by the database's clock; receivers refuse one that is minutes old
 */
export function signWebhook(secret: string, { id, sentAt, body }: { id: string; sentAt: Date; body: string }): SignatureHeaders {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
