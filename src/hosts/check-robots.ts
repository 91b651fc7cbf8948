import { type FailedFetch, type FetchOutcome, type FetchUrl, isFailure, isTransient } from '../web/outcome.js';
import { crawlDelayMs, ROBOTS_MAX_BYTES, robotsAllows, rulesForUs } from './robots-txt.js';

/** What is kept of an origin's robots.txt. */
export interface StoredRobots {
  /** The rules that speak to us, and when they were read; absent: never yet. */
  read?: { rules: string; at: Date };
  /** Where a redirect has led that is not followed yet, and how many there were. */
  redirect?: { url: string; count: number };
}

export interface CheckRobotsDeps {
  fetchUrl: FetchUrl;
  loadRobots(origin: string): Promise<StoredRobots>;
  saveRobots(origin: string, robots: StoredRobots): Promise<void>;
  setCrawlDelay(host: string, ms: number | null): Promise<void>;
  toHostKey(url: string): string;
  now(): Date;
  userAgent: string;
}

/** A robots.txt is kept so long, in ms (RFC 9309 §2.4: "not … for more than 24 hours"). */
const ROBOTS_FRESH_MS = 24 * 3_600_000;
/** So many redirects are followed; beyond them there is no robots.txt (RFC 9309 §2.3.1.2). */
const ROBOTS_MAX_HOPS = 5;

export type RobotsDecision =
  | { kind: 'allowed' }
  | { kind: 'refused'; outcome: FailedFetch }
  /** Something is to be asked first: `outcome` was this turn's request, if there was one, and the next goes to `host`. */
  | { kind: 'later'; outcome?: FetchOutcome; host: string };

/**
 * Whether `url` may be fetched at the turn of `host`. RFC 9309: 4xx means no rules (§2.3.1.3), a server that fails means
 * "not now" (§2.3.1.4), redirects of robots.txt are followed, to other authorities too (§2.3.1.2): each at the turn of its host.
 */
export async function checkRobots(deps: CheckRobotsDeps, url: string, host: string): Promise<RobotsDecision> {
  const { origin } = new URL(url);
  const home = deps.toHostKey(url);
  const { read, redirect } = await deps.loadRobots(origin);
  if (read && deps.now().getTime() - read.at.getTime() < ROBOTS_FRESH_MS) {
    if (!robotsAllows(read.rules, url, deps.userAgent))
      return { kind: 'refused', outcome: { kind: 'not-allowed', reason: 'robots' } };
    return host === home ? { kind: 'allowed' } : { kind: 'later', host: home };
  }

  const robotsUrl = redirect?.url ?? `${origin}/robots.txt`;
  const there = deps.toHostKey(robotsUrl);
  if (there !== host) return { kind: 'later', host: there };

  const outcome = await deps.fetchUrl(robotsUrl, { redirects: 'report', readAtMost: ROBOTS_MAX_BYTES });
  const hops = redirect?.count ?? 0;
  if (outcome.kind === 'moved' && hops < ROBOTS_MAX_HOPS) {
    await deps.saveRobots(origin, { ...(read ? { read } : {}), redirect: { url: outcome.to, count: hops + 1 } });
    return { kind: 'later', outcome, host: deps.toHostKey(outcome.to) };
  }
  const failed = isFailure(outcome) && isTransient(outcome);
  if (failed && !read) {
    // What is tried again later begins anew: a redirect may be mended by then.
    if (redirect) await deps.saveRobots(origin, {});
    return { kind: 'refused', outcome };
  }
  const rules =
    outcome.kind === 'fetched'
      ? rulesForUs(new TextDecoder().decode(outcome.body), deps.userAgent)
      : failed
        ? (read?.rules ?? '')
        : '';
  await deps.saveRobots(origin, { read: { rules, at: deps.now() } });
  await deps.setCrawlDelay(home, crawlDelayMs(rules, deps.userAgent) ?? null);
  return { kind: 'later', outcome, host: home };
}
