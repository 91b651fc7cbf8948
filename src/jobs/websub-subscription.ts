import { randomBytes } from 'node:crypto';
import { type HostVerdict, hostVerdict } from '../hosts/host-wait.js';
import type { Turn } from '../hosts/turn.js';
import { describeOutcome } from '../web/describe-outcome.js';
import type { PostForm } from '../web/outcome.js';
import { type HubLinks, subscriptionForm } from '../web/websub.js';
import type { StopwatchDeps } from './row-clock.js';

/** A feed's subscription to its hub. Like any row it falls due: the first poll after that asks the hub again. */
export interface Subscription {
  feedId: number;
  hubUrl: string;
  /** The URL under which the hub knows the feed. */
  topic: string;
  /** The key of the signatures of pushes. */
  secret: string;
  /** The unguessable part of the callback URL. */
  token: string;
  /** `asked`: the hub has not verified yet. `live`: it has. `denied`: it refused. */
  state: 'asked' | 'live' | 'denied';
  dueAt: Date;
  leaseExpiresAt?: Date;
  /** Pushes with news since a poll last found news that the hub had not pushed. */
  pushesInARow: number;
}

/** What is known of a feed's hub, and whether its pushes can be relied on. */
export interface DeliveryDeps {
  findSubscription(feedId: number): Promise<Subscription | undefined>;
  /** Counts what a push or a poll brought for, or against, the hub's reliability. */
  countDelivery(feedId: number, delivery: { via: 'poll' | 'push'; news: boolean }): Promise<void>;
}

/** What a subscription needs. */
export interface SubscribeDeps extends StopwatchDeps {
  /** The URL at which hubs reach us, without a slash at its end. */
  publicUrl: string;
  /** Saves what the hub is about to be asked, since it may verify before it answers. */
  saveAsked(asked: Pick<Subscription, 'feedId' | 'hubUrl' | 'topic' | 'secret' | 'token' | 'dueAt'>): Promise<void>;
  saveRefusal(feedId: number, refusal: { problem: string; denied: boolean }): Promise<void>;
  deleteSubscription(feedId: number): Promise<void>;
  postForm: PostForm;
  /** A request to a hub needs a turn of the hub's host, like any other request. Undefined when it is not the host's turn. */
  takeTurn(host: string): Promise<Turn | undefined>;
  endTurn(turn: Turn, verdict: HostVerdict): Promise<void>;
  toHostKey(url: string): string;
  /** Waits for the gap between two requests to a host. */
  pause(): Promise<void>;
  /** First wait of a host in trouble that does not say how long to wait, in ms. */
  retryBaseMs: number;
}

/**
 * Wait before a hub that did not verify, or refused, is asked again, in ms: rare enough to bother nobody, and soon enough to
 * recover the same day.
 */
const ASK_AGAIN_MS = 6 * 3_600_000;
/** A hub counts as reliable after this many pushes without a poll that found news which the hub had not pushed. */
const RELIABLE_PUSHES = 3;
/** Random bytes of a callback token and of a secret: beyond guessing, and within the 200 bytes that WebSub §5.1 allows. */
const RANDOM_BYTES = 32;

/** Whether the feed can be polled less often: its subscription is live, and its hub has lately pushed all news. */
export const isPushReliable = (subscription: Subscription | undefined, now: Date): boolean =>
  subscription?.state === 'live' &&
  subscription.leaseExpiresAt !== undefined &&
  subscription.leaseExpiresAt > now &&
  subscription.pushesInARow >= RELIABLE_PUSHES;

/**
 * Subscribes to the hub that a feed names, renews a subscription that is due, and deletes one whose hub the feed no longer names
 * (WebSub §5.1). If it is not the turn of the hub's host, this is left to the next poll.
 * @param named the hub that the document names. Undefined when no document was read (304), so that nothing is known to have
 * changed.
 */
export async function ensureSubscription(
  deps: SubscribeDeps,
  feed: { id: number; url: string },
  subscription: Subscription | undefined,
  named: HubLinks | undefined,
  now: Date,
): Promise<void> {
  if (named && !named.hubUrl) return subscription && deps.deleteSubscription(feed.id);
  const hubUrl = named?.hubUrl ?? subscription?.hubUrl;
  if (!hubUrl) return;
  const topic = named ? (named.selfUrl ?? feed.url) : (subscription?.topic ?? feed.url);
  const same = subscription?.hubUrl === hubUrl && subscription.topic === topic ? subscription : undefined;
  if (same && same.dueAt > now) return;
  const turn = await takeHubTurn(deps, hubUrl, feed.url);
  if (!turn) return;
  // A renewal keeps token and secret, so that pushes which are on their way stay valid.
  const { token, secret } = same ?? { token: randomText(), secret: randomText() };
  const asked = { feedId: feed.id, hubUrl, topic, token, secret, dueAt: new Date(now.getTime() + ASK_AGAIN_MS) };
  await deps.saveAsked(asked);
  const form = subscriptionForm({ callback: `${deps.publicUrl}/websub/${token}`, topic, secret });
  const answer = await askHub(deps, turn, hubUrl, form);
  // It was not sent, because too many requests to the hub's address are waiting. The next poll asks again.
  if (answer.kind === 'crowded') await deps.saveAsked({ ...asked, dueAt: now });
  else if (answer.kind !== 'accepted') await deps.saveRefusal(feed.id, { problem: describeOutcome(answer), denied: false });
}

/** Sends the form at a turn of the hub's host. @returns what the hub answered */
async function askHub(deps: SubscribeDeps, turn: Turn, hubUrl: string, form: string) {
  const startedMs = deps.monotonicMs();
  const answer = await deps.postForm(hubUrl, form);
  const tookMs = Math.round(deps.monotonicMs() - startedMs);
  const accepted = answer.kind === 'accepted';
  await deps.endTurn(turn, accepted ? { reached: true, latencyMs: tookMs } : hostVerdict(answer, tookMs, deps.retryBaseMs));
  return answer;
}

/** A turn of the hub's host. If that is the host that was just polled, its next turn is one gap away. */
async function takeHubTurn(deps: SubscribeDeps, hubUrl: string, feedUrl: string): Promise<Turn | undefined> {
  const host = deps.toHostKey(hubUrl);
  const turn = await deps.takeTurn(host);
  if (turn || host !== deps.toHostKey(feedUrl)) return turn;
  await deps.pause();
  return deps.takeTurn(host);
}

const randomText = () => randomBytes(RANDOM_BYTES).toString('base64url');
