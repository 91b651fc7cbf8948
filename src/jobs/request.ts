import { type CheckRobotsDeps, checkRobots, type RobotsDecision } from '../hosts/check-robots.js';
import { type HostVerdict, hostVerdict } from '../hosts/host-wait.js';
import type { Turn } from '../hosts/turn.js';
import { present } from '../text/present.js';
import { type FailedFetch, type FetchOutcome, MAX_REDIRECTS, type Validators } from '../web/outcome.js';

/** Where the next request of a feed or article goes. */
export interface NextRequest {
  /** The host at whose turn it is made. */
  host: string;
  /** The redirect that leads there; absent when the next request is about robots.txt alone. */
  to?: { url: string; permanent: boolean };
}

/** A request that follows a redirect. */
export type Redirect = Required<NextRequest>;

/** What a request needs. */
export interface RequestDeps extends CheckRobotsDeps {
  /** Whether most hosts are failing, so that the fault is probably on our side. */
  inOutage(): Promise<boolean>;
  /** From 0 to 1. */
  random(): number;
  /** First wait of a host in trouble that does not say how long to wait, in ms. */
  retryBaseMs: number;
}

/** The request that a feed or article wants to make at its turn. */
export interface TurnRequest {
  url: string;
  turn: Turn;
  /** Redirects that were followed so far. */
  redirects: number;
  obeyRobots: boolean;
  /** Makes the request a conditional GET. */
  validators?: Validators | undefined;
  /** Further headers of the request; robots.txt is asked for without them. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** What a host's turn was used for. `verdict` is what it says about the host. */
export type TurnResult =
  /** `url` was requested, or may not be. */
  | { kind: 'answered'; outcome: Exclude<FetchOutcome, { kind: 'moved' }>; verdict: HostVerdict }
  | { kind: 'redirected'; next: Redirect; verdict: HostVerdict }
  /** The turn was spent on robots.txt, or belongs to the wrong host; `url` comes next. */
  | { kind: 'robots-first'; next: NextRequest; verdict: HostVerdict }
  /**
   * The fault is ours: the host can't be reached and neither can most others, or the request was not sent in time. It is tried
   * again at `dueAt`, and nothing counts against the host.
   */
  | { kind: 'uncounted'; outcome: FailedFetch; dueAt: Date };

/** After a fault of ours, work is retried after about this long, in ms, so that recovery is noticed within a minute. */
const RETRY_WAIT_MS = 30_000;

/**
 * Makes one request at a host's turn: for robots.txt if its rules are missing or out of date, else for the URL. It follows no
 * redirect, since the target has to wait for the turn of its own host.
 */
export async function useTurn(deps: RequestDeps, request: TurnRequest): Promise<TurnResult> {
  const startedAt = deps.now().getTime();
  const toVerdict = (outcome: FetchOutcome) => hostVerdict(outcome, deps.now().getTime() - startedAt, deps.retryBaseMs);

  const outcome = await fetchIfAllowed(deps, request);
  if (outcome.kind === 'later')
    return { kind: 'robots-first', next: { host: outcome.host }, verdict: outcome.outcome ? toVerdict(outcome.outcome) : {} };
  if (outcome.kind === 'moved')
    return { kind: 'redirected', next: redirectTo(deps, outcome.to, outcome.permanent), verdict: toVerdict(outcome) };
  const verdict = toVerdict(outcome);
  if (outcome.kind === 'crowded' || (outcome.kind === 'unreachable' && (await deps.inOutage()))) {
    // Between half and one and a half of the wait, so that not everything is tried again at once.
    const dueAt = new Date(deps.now().getTime() + RETRY_WAIT_MS * (0.5 + deps.random()));
    return { kind: 'uncounted', outcome, dueAt };
  }
  return { kind: 'answered', outcome, verdict };
}

/** The next request of a feed or article that is redirected to `url`. */
const redirectTo = (deps: Pick<RequestDeps, 'toHostKey'>, url: string, permanent: boolean): Redirect => ({
  host: deps.toHostKey(url),
  to: { url, permanent },
});

async function fetchIfAllowed(
  deps: RequestDeps,
  { url, turn, redirects, obeyRobots, validators, headers }: TurnRequest,
): Promise<FetchOutcome | Extract<RobotsDecision, { kind: 'later' }>> {
  if (obeyRobots) {
    const decision = await checkRobots(deps, url, turn);
    if (decision.kind === 'refused') return decision.outcome;
    if (decision.kind === 'later') return decision;
  } else if (deps.toHostKey(url) !== turn.host) return { kind: 'later', host: deps.toHostKey(url) };
  const outcome = await deps.fetchUrl(url, { redirects: 'report', ...present({ validators, headers }) });
  const loops = outcome.kind === 'moved' && (outcome.to === url || redirects >= MAX_REDIRECTS);
  return loops ? { kind: 'bad-content', reason: 'redirect-loop' } : outcome;
}
