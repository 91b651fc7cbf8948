import { isSignatureValid, parseIntent, renewalDelay } from '../web/websub.js';
import type { PushPermit } from './push-limits.js';
import type { FeedReport } from './reports.js';
import type { Subscription } from './websub-subscription.js';

/** What our callback for hubs needs. */
export interface CallbackDeps {
  findByToken(token: string): Promise<Subscription | undefined>;
  /** Starts the lease now, in ms, and says in how many ms it is to be renewed. */
  saveLease(feedId: number, lease: { leaseMs: number; renewInMs: number }): Promise<void>;
  saveRefusal(feedId: number, refusal: { problem: string; denied: boolean }): Promise<void>;
  /** Whether the subscription may push now; see push-limits.ts. */
  permitPush(feedId: number): PushPermit;
  takePush(feedId: number, document: { contentType: string; body: Uint8Array }): Promise<FeedReport>;
}

/** What the callback answers. Only the hub sees the text. */
export interface Answer {
  status: number;
  text: string;
  /** When to try again, in seconds (the header Retry-After). */
  retryAfterS?: number;
}

const NOT_ASKED: Answer = { status: 404, text: 'not requested' };

/** Answers a hub's GET of our callback, by which it verifies that we want the subscription (WebSub §5.3) or refuses it (§5.2). */
export async function answerIntent(deps: CallbackDeps, token: string, query: URLSearchParams): Promise<Answer> {
  const subscription = await deps.findByToken(token);
  if (!subscription) return NOT_ASKED;
  const intent = parseIntent(query, subscription.topic);
  if (intent.kind === 'not-ours') return NOT_ASKED;
  if (intent.kind === 'denied') {
    const problem = `The hub refused the subscription: ${intent.reason || 'it gave no reason'}`;
    await deps.saveRefusal(subscription.feedId, { problem, denied: true });
    return { status: 200, text: '' };
  }
  const { leaseMs } = intent;
  await deps.saveLease(subscription.feedId, { leaseMs, renewInMs: renewalDelay(leaseMs) });
  return { status: 200, text: intent.challenge };
}

/** A document that a hub pushes. */
export interface Push {
  /** The X-Hub-Signature header. */
  signature: string | undefined;
  contentType: string;
  /** Undefined when the body is too large. */
  readBody(): Promise<Uint8Array | undefined>;
}

/**
 * Answers a hub's POST to our callback (WebSub §7). A push without a valid signature gets the same answer as a valid one and is
 * thrown away (§7.1), so that a forger learns nothing.
 */
export async function answerPush(deps: CallbackDeps, token: string, push: Push): Promise<Answer & { report?: FeedReport }> {
  const subscription = await deps.findByToken(token);
  // 410 tells the hub that the subscriber is gone (§7).
  if (!subscription) return { status: 410, text: 'no such subscription' };
  const permit = deps.permitPush(subscription.feedId);
  if (!permit.taken) {
    const answer = { status: 429, text: 'too many pushes', retryAfterS: permit.retryAfterS };
    return permit.isFirst ? { ...answer, report: { status: 'too-many-pushes', feedId: subscription.feedId } } : answer;
  }
  const body = await push.readBody();
  if (!body) return { status: 413, text: 'too large' };
  const { feedId, secret } = subscription;
  if (!isSignatureValid(push.signature, body, secret))
    return { status: 202, text: '', report: { status: 'bad-signature', feedId } };
  const report = await deps.takePush(feedId, { contentType: push.contentType, body });
  return { status: 202, text: '', report };
}
