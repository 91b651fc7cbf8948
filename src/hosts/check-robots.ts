import { type FailedFetch, type FetchOutcome, type FetchUrl, isFailure, isTransient } from '../web/outcome.js';
import { crawlDelayMs, robotsAllows } from './robots-rules.js';
import { ROBOTS_MAX_BYTES, rulesForUs } from './robots-txt.js';
import type { Turn } from './turn.js';

/** What is stored of an origin's robots.txt. */
export interface StoredRobots {
  /** The rules that apply to us, and when they were read; absent until then. */
  read?: { rules: string; at: Date };
  /** A redirect of robots.txt that we have yet to follow, and its number in the chain: 1 for the first. */
  redirect?: { url: string; count: number };
}

/** What one request for a robots.txt found. Absent rules leave the stored ones; an absent redirect removes the stored one. */
export interface RobotsFound {
  /** The rules that apply to us, read now, and the host that they are for with its Crawl-delay in ms (null: none). */
  read?: { rules: string; host: string; crawlDelayMs: number | null };
  redirect?: StoredRobots['redirect'];
}

/** What checking robots.txt needs. */
export interface CheckRobotsDeps {
  fetchUrl: FetchUrl;
  loadRobots(origin: string): Promise<StoredRobots>;
  /** Saves what a turn found out, unless the turn is over. */
  saveRobots(turn: Turn, origin: string, robots: RobotsFound): Promise<void>;
  toHostKey(url: string): string;
  /** The database's clock. */
  now(): Date;
  userAgent: string;
}

/** How long a robots.txt is used before it is read again, in ms (RFC 9309 §2.4: at most 24 hours). */
const ROBOTS_FRESH_MS = 24 * 3_600_000;
/** Redirects of robots.txt to follow; after more, the origin counts as having none (RFC 9309 §2.3.1.2). */
const ROBOTS_MAX_REDIRECTS = 5;

/** Whether a URL may be fetched now. */
export type RobotsDecision =
  | { kind: 'allowed' }
  | { kind: 'refused'; outcome: FailedFetch }
  /** Another request has to come first, at the turn of `host`. `outcome` is the request that this turn was used for, if any. */
  | { kind: 'later'; outcome?: FetchOutcome; host: string };

/**
 * Decides whether `url` may be fetched now, at this turn. Reads robots.txt when the stored one is missing or a day
 * old, which uses up the turn. Implements RFC 9309: a 4xx means that there are no rules (§2.3.1.3), a failing server means
 * "not now" (§2.3.1.4), and redirects are followed, even to other hosts (§2.3.1.2), each at a turn of its own host.
 */
export async function checkRobots(deps: CheckRobotsDeps, url: string, turn: Turn): Promise<RobotsDecision> {
  const { origin } = new URL(url);
  const home = deps.toHostKey(url);
  const stored = await deps.loadRobots(origin);
  if (isFresh(stored, deps.now())) {
    if (!robotsAllows(stored.read.rules, url, deps.userAgent))
      return { kind: 'refused', outcome: { kind: 'not-allowed', reason: 'robots' } };
    return turn.host === home ? { kind: 'allowed' } : { kind: 'later', host: home };
  }
  const robotsUrl = stored.redirect?.url ?? `${origin}/robots.txt`;
  const robotsHost = deps.toHostKey(robotsUrl);
  return robotsHost === turn.host
    ? fetchRobots(deps, turn, { origin, home, robotsUrl, stored })
    : { kind: 'later', host: robotsHost };
}

/** Spends a turn on robots.txt itself. @param site `home` is the host that the rules are for */
async function fetchRobots(
  deps: CheckRobotsDeps,
  turn: Turn,
  { origin, home, robotsUrl, stored }: { origin: string; home: string; robotsUrl: string; stored: StoredRobots },
): Promise<RobotsDecision> {
  const outcome = await deps.fetchUrl(robotsUrl, { redirects: 'report', readAtMost: ROBOTS_MAX_BYTES });
  if (outcome.kind === 'crowded') return { kind: 'refused', outcome };
  const redirects = stored.redirect?.count ?? 0;
  if (outcome.kind === 'moved' && redirects < ROBOTS_MAX_REDIRECTS) {
    const redirect = { url: outcome.to, count: redirects + 1 };
    await deps.saveRobots(turn, origin, { redirect });
    return { kind: 'later', outcome, host: deps.toHostKey(outcome.to) };
  }
  const failedForNow = isFailure(outcome) && isTransient(outcome);
  if (failedForNow && !stored.read) {
    // Start over next time: the redirect that led here may have been fixed by then.
    if (stored.redirect) await deps.saveRobots(turn, origin, {});
    return { kind: 'refused', outcome };
  }
  const rules = failedForNow ? (stored.read?.rules ?? '') : parseRules(outcome, deps.userAgent);
  const read = { rules, host: home, crawlDelayMs: crawlDelayMs(rules, deps.userAgent) ?? null };
  await deps.saveRobots(turn, origin, { read });
  return { kind: 'later', outcome, host: home };
}

const isFresh = (stored: StoredRobots, now: Date): stored is Required<Pick<StoredRobots, 'read'>> & StoredRobots =>
  stored.read !== undefined && now.getTime() - stored.read.at.getTime() < ROBOTS_FRESH_MS;

/** The rules of a robots.txt that was fetched; none when there is nothing to read. */
const parseRules = (outcome: FetchOutcome, userAgent: string): string =>
  outcome.kind === 'fetched' ? rulesForUs(new TextDecoder().decode(outcome.body), userAgent) : '';
