import { randomBytes } from 'node:crypto';
import type { Turn } from '../hosts/turn.js';
import type { HostVerdict } from '../hosts/verdict.js';
import { hostVerdict } from '../hosts/verdict.js';
import { describeOutcome } from '../web/describe-outcome.js';
import type { PostForm } from '../web/outcome.js';
import { type HubLinks, isSignatureValid, parseIntent, renewalTime, subscriptionForm } from '../web/websub.js';
import type { JobReport } from './queues.js';

/** What a hub was asked for a feed, and what came of it. The row is the truth: a poll that finds it due asks the hub again. */
export interface Subscription {
  feedId: number;
  hubUrl: string;
  topic: string;
  secret: string;
  /** In the callback's address. */
  token: string;
  state: 'asked' | 'live' | 'denied';
  dueAt: Date;
  leaseExpiresAt?: Date;
  /** Pushes that brought news since a poll last found some that no push had brought. */
  pushesInARow: number;
}

/** What is kept of the pushes of a hub. */
export interface DeliveryDeps {
  findSubscription(feedId: number): Promise<Subscription | undefined>;
  countDelivery(feedId: number, delivery: { via: 'poll' | 'push'; news: boolean }): Promise<void>;
}

export interface SubscribeDeps {
  /** Where hubs reach us; ends without a slash. */
  publicUrl: string;
  saveAsked(asked: Pick<Subscription, 'feedId' | 'hubUrl' | 'topic' | 'secret' | 'token' | 'dueAt'>): Promise<void>;
  saveRefusal(feedId: number, refusal: { problem: string; denied: boolean }): Promise<void>;
  deleteSubscription(feedId: number): Promise<void>;
  postForm: PostForm;
  /** A hub is a host like any other: it is asked at a turn of its own. Undefined when it may not be asked just now. */
  takeTurn(host: string): Promise<Turn | undefined>;
  endTurn(turn: Turn, verdict: HostVerdict): Promise<void>;
  toHostKey(url: string): string;
  /** Waits for as long as a host's gap is. */
  pause(): Promise<void>;
  retryBaseMs: number;
}

/** A hub that did not verify, or said no, is asked again after this, in ms: it costs one request, and may well be in order by then. */
const ASK_AGAIN_MS = 6 * 3_600_000;
/** So many pushes in a row that polls had nothing to add to make a hub reliable. */
const RELIABLE_PUSHES = 3;
/** Of the callback's token and of the secret (WebSub §5.1 allows up to 200): beyond guessing. */
const RANDOM_BYTES = 32;

/** Whether polls may be fewer, since the hub tells us: its lease runs, and of late it brought all the news. */
export const pushReliable = (subscription: Subscription | undefined, now: Date): boolean =>
  subscription?.state === 'live' &&
  subscription.leaseExpiresAt !== undefined &&
  subscription.leaseExpiresAt > now &&
  subscription.pushesInARow >= RELIABLE_PUSHES;

/**
 * Asks the hub that the feed names to push to us, where it has not been asked or the time to renew has come (WebSub §5.1).
 * Where the hub's host is busy, the next poll asks.
 * @param named what the document says; undefined when there was none to read (304), which leaves things as they were.
 */
export async function keepSubscription(
  deps: SubscribeDeps,
  feed: { id: number; url: string },
  before: Subscription | undefined,
  named: HubLinks | undefined,
  now: Date,
): Promise<void> {
  if (named && !named.hubUrl) return before && deps.deleteSubscription(feed.id);
  const hubUrl = named?.hubUrl ?? before?.hubUrl;
  if (!hubUrl) return;
  const topic = named ? (named.selfUrl ?? feed.url) : (before?.topic ?? feed.url);
  const same = before?.hubUrl === hubUrl && before.topic === topic ? before : undefined;
  if (same && same.dueAt > now) return;
  const turn = await turnOfHub(deps, hubUrl, feed.url);
  if (!turn) return;
  // A renewal keeps its address and secret: what is under way from the hub stays good.
  const { token, secret } = same ?? { token: random(), secret: random() };
  await deps.saveAsked({ feedId: feed.id, hubUrl, topic, token, secret, dueAt: new Date(now.getTime() + ASK_AGAIN_MS) });
  const form = subscriptionForm({ callback: `${deps.publicUrl}/websub/${token}`, topic, secret });
  const startedAt = performance.now();
  const answer = await deps.postForm(hubUrl, form);
  const tookMs = Math.round(performance.now() - startedAt);
  await deps.endTurn(
    turn,
    answer.kind === 'accepted' ? { reached: true, latencyMs: tookMs } : hostVerdict(answer, tookMs, deps.retryBaseMs),
  );
  if (answer.kind !== 'accepted') await deps.saveRefusal(feed.id, { problem: describeOutcome(answer), denied: false });
}

/** A hub on the feed's own host is never free right after a poll: a gap later it may be. */
async function turnOfHub(deps: SubscribeDeps, hubUrl: string, feedUrl: string): Promise<Turn | undefined> {
  const host = deps.toHostKey(hubUrl);
  const turn = await deps.takeTurn(host);
  if (turn || host !== deps.toHostKey(feedUrl)) return turn;
  await deps.pause();
  return deps.takeTurn(host);
}

const random = () => randomBytes(RANDOM_BYTES).toString('base64url');

export interface CallbackDeps {
  findByToken(token: string): Promise<Subscription | undefined>;
  saveLease(feedId: number, lease: { leaseExpiresAt: Date; dueAt: Date }): Promise<void>;
  saveRefusal(feedId: number, refusal: { problem: string; denied: boolean }): Promise<void>;
  takePush(feedId: number, document: { contentType: string; body: Uint8Array }): Promise<JobReport>;
  now(): Date;
}

/** What the callback answers; the text is for the hub alone. */
export interface Answer {
  status: number;
  text: string;
}

const UNKNOWN: Answer = { status: 404, text: 'not asked for' };

/** A hub's GET of our callback: it verifies that we asked (WebSub §5.3), or says that it will not (§5.2). */
export async function answerIntent(deps: CallbackDeps, token: string, query: URLSearchParams): Promise<Answer> {
  const subscription = await deps.findByToken(token);
  if (!subscription) return UNKNOWN;
  const intent = parseIntent(query, subscription.topic);
  if (intent.kind === 'not-ours') return UNKNOWN;
  if (intent.kind === 'denied') {
    await deps.saveRefusal(subscription.feedId, {
      problem: `The hub refused: ${intent.reason || 'no reason given'}`,
      denied: true,
    });
    return { status: 200, text: '' };
  }
  const now = deps.now();
  const leaseExpiresAt = new Date(now.getTime() + intent.leaseMs);
  await deps.saveLease(subscription.feedId, { leaseExpiresAt, dueAt: renewalTime(now, intent.leaseMs) });
  return { status: 200, text: intent.challenge };
}

/** A document as a hub brings it; `readBody` gives undefined when it is too large. */
export interface Push {
  signature: string | undefined;
  contentType: string;
  readBody(): Promise<Uint8Array | undefined>;
}

/** A hub's POST to our callback (WebSub §7). What is not signed by our secret is acknowledged and thrown away (§7.1): a forger gets no hint. */
export async function answerPush(deps: CallbackDeps, token: string, push: Push): Promise<Answer & { report?: JobReport }> {
  const subscription = await deps.findByToken(token);
  // 410 tells the hub that nobody listens here any more (§7).
  if (!subscription) return { status: 410, text: 'no such subscription' };
  const body = await push.readBody();
  if (!body) return { status: 413, text: 'too large' };
  if (!isSignatureValid(push.signature, body, subscription.secret)) {
    return { status: 202, text: '', report: { status: 'bad-signature', feedId: subscription.feedId } };
  }
  const report = await deps.takePush(subscription.feedId, { contentType: push.contentType, body });
  return { status: 202, text: '', report };
}
