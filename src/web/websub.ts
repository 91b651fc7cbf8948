import { createHmac, timingSafeEqual } from 'node:crypto';

/** The hub that a feed names, and the address (topic) under which the hub knows the feed. */
export interface HubLinks {
  hubUrl?: string;
  selfUrl?: string;
}

/** Characters of a Link header that are looked at: honest ones are far shorter. */
const MAX_LINK_HEADER = 8_000;
/** The lease that we ask for, in seconds, and the one that is assumed where a hub states none: ten days, as hubs commonly give. */
const LEASE_SECONDS = 864_000;
/** A lease is taken as no shorter and no longer than this, in seconds: a minute, a year. */
const MIN_LEASE_SECONDS = 60;
const MAX_LEASE_SECONDS = 31_536_000;
/** A subscription is renewed so long before its end, in ms: renewals happen at polls, and those may be a day apart. */
const RENEW_MARGIN_MS = 2 * 86_400_000;
/** A challenge is a random text; a longer one is not echoed. */
const MAX_CHALLENGE = 2_000;
/** What X-Hub-Signature may be made with (WebSub §7.1). */
const DIGESTS = ['sha1', 'sha256', 'sha384', 'sha512'];

/** The first hub and self of a Link header (RFC 8288 §3; WebSub §4), absolute by `base`. */
export function parseHubLinks(header: string | undefined, base: string): HubLinks {
  const found: HubLinks = {};
  for (const [, target = '', parameters = ''] of (header ?? '')
    .slice(0, MAX_LINK_HEADER)
    .matchAll(/<([^<>]*)>((?:\s*;[^<>,"]*(?:"[^"]*")?)*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters);
    const rels = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/);
    const url = httpUrl(target.trim(), base);
    if (url && rels.includes('hub')) found.hubUrl ??= url;
    if (url && rels.includes('self')) found.selfUrl ??= url;
  }
  return found;
}

function httpUrl(text: string, base: string): string | undefined {
  if (text === '' || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}

/** The form that asks a hub to subscribe us, or to renew that (WebSub §5.1). */
export const subscriptionForm = ({ callback, topic, secret }: { callback: string; topic: string; secret: string }): string =>
  new URLSearchParams({
    'hub.callback': callback,
    'hub.mode': 'subscribe',
    'hub.topic': topic,
    'hub.lease_seconds': String(LEASE_SECONDS),
    'hub.secret': secret,
  }).toString();

/** What a hub's GET of our callback says: the subscription stands once `challenge` is echoed, or it is denied, or we did not ask for this. */
export type Intent =
  | { kind: 'subscribe'; challenge: string; leaseMs: number }
  | { kind: 'denied'; reason: string }
  | { kind: 'not-ours' };

/** Reads a verification of intent (WebSub §5.3) or a denial (§5.2) for a subscription to `topic`. */
export function parseIntent(query: URLSearchParams, topic: string): Intent {
  if (query.get('hub.topic') !== topic) return { kind: 'not-ours' };
  const mode = query.get('hub.mode');
  if (mode === 'denied') return { kind: 'denied', reason: (query.get('hub.reason') ?? '').slice(0, 200) };
  const challenge = query.get('hub.challenge') ?? '';
  // We never ask to be unsubscribed: what is no longer wanted runs out.
  if (mode !== 'subscribe' || challenge === '' || challenge.length > MAX_CHALLENGE) return { kind: 'not-ours' };
  const stated = Number(query.get('hub.lease_seconds'));
  const seconds = stated > 0 ? Math.min(Math.max(stated, MIN_LEASE_SECONDS), MAX_LEASE_SECONDS) : LEASE_SECONDS;
  return { kind: 'subscribe', challenge, leaseMs: seconds * 1_000 };
}

/** Whether `header` (X-Hub-Signature: `method=hex`) is the HMAC of the body under our secret (WebSub §7.1). Takes the same time either way. */
export function isSignatureValid(header: string | undefined, body: Uint8Array, secret: string): boolean {
  const [, method = '', hex = ''] = /^(\w+)=([0-9a-f]+)$/i.exec(header?.trim() ?? '') ?? [];
  if (!DIGESTS.includes(method.toLowerCase())) return false;
  const expected = createHmac(method.toLowerCase(), secret).update(body).digest();
  const given = Buffer.from(hex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** When a subscription that was verified at `now` for `leaseMs` is renewed: two days before its end, or at half of a short lease. */
export const renewalTime = (now: Date, leaseMs: number): Date =>
  new Date(now.getTime() + Math.max(leaseMs / 2, leaseMs - RENEW_MARGIN_MS));
