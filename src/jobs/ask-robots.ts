import { type FailedFetch, type FetchOutcome, type FetchUrl, isTemporary } from '../web/outcome.js';
import { crawlDelayMs, robotsAllows } from '../web/robots.js';

export interface AskRobotsDeps {
  fetchUrl: FetchUrl;
  findRobots(origin: string): Promise<{ text: string; fetchedAt: Date } | undefined>;
  keepRobots(origin: string, robots: { text: string; fetchedAt: Date }): Promise<void>;
  setCrawlDelay(host: string, ms: number | null): Promise<void>;
  now(): Date;
  userAgent: string;
}

/** A robots.txt is kept so long, in ms (RFC 9309 §2.4: "not … for more than 24 hours"). */
const ROBOTS_FRESH_MS = 24 * 3_600_000;
/** A robots.txt is read so far, in bytes (RFC 9309 §2.5). */
const ROBOTS_MAX_BYTES = 500 * 1024;

export type RobotsAnswer =
  | { kind: 'allowed' }
  | { kind: 'refused'; outcome: FailedFetch }
  /** It had to be fetched first: that was this turn's request, and the answer is there for the next. */
  | { kind: 'read'; outcome: FetchOutcome };

/**
 * Whether `url` may be fetched from `host`. RFC 9309: 4xx means no rules (§2.3.1.3), a server that fails means "not now"
 * (§2.3.1.4), redirects of robots.txt are followed (§2.3.1.2).
 */
export async function askRobots(deps: AskRobotsDeps, url: string, host: string): Promise<RobotsAnswer> {
  const robotsUrl = new URL('/robots.txt', url);
  const kept = await deps.findRobots(robotsUrl.origin);
  if (kept && deps.now().getTime() - kept.fetchedAt.getTime() < ROBOTS_FRESH_MS)
    return robotsAllows(kept.text, robotsUrl.href, url, deps.userAgent)
      ? { kind: 'allowed' }
      : { kind: 'refused', outcome: { kind: 'not-allowed', reason: 'robots' } };

  const outcome = await deps.fetchUrl(robotsUrl.href);
  if (isFailure(outcome) && isTemporary(outcome) && !kept) return { kind: 'refused', outcome };
  const text = textOf(outcome) ?? (isFailure(outcome) && isTemporary(outcome) ? kept?.text : undefined) ?? '';
  await deps.keepRobots(robotsUrl.origin, { text, fetchedAt: deps.now() });
  await deps.setCrawlDelay(host, crawlDelayMs(text, robotsUrl.href, deps.userAgent) ?? null);
  return { kind: 'read', outcome };
}

const isFailure = (outcome: FetchOutcome): outcome is FailedFetch =>
  outcome.kind !== 'fetched' && outcome.kind !== 'unchanged' && outcome.kind !== 'moved';

const textOf = (outcome: FetchOutcome) =>
  outcome.kind === 'fetched'
    ? new TextDecoder().decode(outcome.body.subarray(0, ROBOTS_MAX_BYTES)).replaceAll('\0', '')
    : undefined;
