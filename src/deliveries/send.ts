import type { PostJson } from '../web/outcome.js';
import { type Answer, readAnswer } from './answer.js';
import { type Mail, writeDigest } from './digest.js';
import type { Message, Receiver } from './event.js';
import { signWebhook } from './sign.js';
import { writeBody } from './write-body.js';

/** What it takes to send. */
export interface SendDeps {
  postJson: PostJson;
  /** Sends one mail. @returns why it failed; undefined if the server took it */
  sendMail(to: string, mail: Mail, id: string): Promise<{ problem: string } | undefined>;
}

/** The id of a message as receivers see it. */
const toWebhookId = (uid: string): string => `msg_${uid.replaceAll('-', '')}`;

/**
 * Sends messages to a receiver: one to a webhook, or all of them in one mail.
 * @param sentAt the database's time
 */
export async function send(
  { kind, url, secret }: Pick<Receiver, 'kind' | 'url' | 'secret'>,
  messages: readonly [Omit<Message, 'id' | 'attempts'>, ...Omit<Message, 'id' | 'attempts'>[]],
  sentAt: Date,
  { postJson, sendMail }: SendDeps,
): Promise<Answer> {
  const id = toWebhookId(messages[0].uid);
  if (kind === 'mail') {
    const failure = await sendMail(url.slice('mailto:'.length), writeDigest(messages), id);
    return failure ? { kind: 'failed', words: failure.problem } : { kind: 'taken' };
  }
  const body = writeBody(messages[0]);
  return readAnswer(await postJson(url, body, signWebhook(secret, { id, sentAt, body })));
}
