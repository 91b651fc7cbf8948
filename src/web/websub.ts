import { createHmac, timingSafeEqual } from 'node:crypto';
import { resolveHttpUrl } from '../text/url.js';

/** The hub that a feed advertises, and the URL (topic) under which the hub knows the feed. */
export interface HubLinks {
  hubUrl?: string;
  selfUrl?: string;
}

/** How much of a Link header is parsed, in characters. Honest headers are far shorter. */
const MAX_LINK_HEADER = 8_000;
/**
 * The lease that we request, in seconds, and that we assume when a hub does not state one: ten days, which hubs commonly
 * grant.
 */
const LEASE_SECONDS = 864_000;
/** The bounds of a lease, in seconds: a minute and a year. A hub's value beyond them is clamped. */
const MIN_LEASE_SECONDS = 60;
const MAX_LEASE_SECONDS = 31_536_000;
/**
 * How long before its end a subscription is renewed, in ms: two days, since renewals happen at polls, which may be a day
 * apart.
 */
const RENEW_MARGIN_MS = 2 * 86_400_000;
/** The longest challenge that we echo, in characters. Honest ones are short random strings. */
const MAX_CHALLENGE = 2_000;
/** The hash functions that X-Hub-Signature may use (WebSub §7.1). */
const SIGNATURE_METHODS = ['sha1', 'sha256', 'sha384', 'sha512'];

/** Parses the first `hub` and `self` links of a Link header (RFC 8288 §3, WebSub §4), resolved against `base`. */
export function parseHubLinks(header: string | undefined, base: string): HubLinks {
  const found: HubLinks = {};
  for (const [, target = '', parameters = ''] of (header ?? '')
    .slice(0, MAX_LINK_HEADER)
    .matchAll(/<([^<>]*)>((?:\s*;[^<>,"]*(?:"[^"]*")?)*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters);
    const rels = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/);
    const url = resolveHttpUrl(target.trim(), base);
    if (url && rels.includes('hub')) found.hubUrl ??= url;
    if (url && rels.includes('self')) found.selfUrl ??= url;
  }
  return found;
}

/** Builds the form that asks a hub to start or renew a subscription (WebSub §5.1). */
export const subscriptionForm = ({ callback, topic, secret }: { callback: string; topic: string; secret: string }): string =>
  new URLSearchParams({
    'hub.callback': callback,
    'hub.mode': 'subscribe',
    'hub.topic': topic,
    'hub.lease_seconds': String(LEASE_SECONDS),
    'hub.secret': secret,
  }).toString();

/** What a hub says by its GET of our callback. */
export type Intent =
  /** The subscription is active once we echo `challenge`. */
  | { kind: 'subscribe'; challenge: string; leaseMs: number }
  | { kind: 'denied'; reason: string }
  /** We did not ask for this. */
  | { kind: 'not-ours' };

/** Parses a verification of intent (WebSub §5.3) or a denial (§5.2) for a subscription to `topic`. */
export function parseIntent(query: URLSearchParams, topic: string): Intent {
  if (query.get('hub.topic') !== topic) return { kind: 'not-ours' };
  const mode = query.get('hub.mode');
  if (mode === 'denied') return { kind: 'denied', reason: (query.get('hub.reason') ?? '').slice(0, 200) };
  const challenge = query.get('hub.challenge') ?? '';
  // We never unsubscribe; an unwanted subscription simply expires.
  if (mode !== 'subscribe' || challenge === '' || challenge.length > MAX_CHALLENGE) return { kind: 'not-ours' };
  const stated = Number(query.get('hub.lease_seconds'));
  const seconds = stated > 0 ? Math.min(Math.max(stated, MIN_LEASE_SECONDS), MAX_LEASE_SECONDS) : LEASE_SECONDS;
  return { kind: 'subscribe', challenge, leaseMs: seconds * 1_000 };
}

/**
 * Whether `header` (X-Hub-Signature: `method=hex`) is the HMAC of the body with our secret (WebSub §7.1). Compares in
 * constant time.
 */
export function isSignatureValid(header: string | undefined, body: Uint8Array, secret: string): boolean {
  const [, method = '', hex = ''] = /^(\w+)=([0-9a-f]+)$/i.exec(header?.trim() ?? '') ?? [];
  if (!SIGNATURE_METHODS.includes(method.toLowerCase())) return false;
  const expected = createHmac(method.toLowerCase(), secret).update(body).digest();
  const given = Buffer.from(hex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** When to renew a subscription, in ms after it was verified: two days before its lease ends, or halfway through a short lease. */
export const renewalDelay = (leaseMs: number): number => Math.max(leaseMs / 2, leaseMs - RENEW_MARGIN_MS);
