/** A permanent redirect that earlier polls have seen. */
export interface KnownMove {
  to: string;
  /** When it was first seen. */
  since: Date;
  /** Polls that have seen it. */
  polls: number;
}

/** What to do about a feed's URL: `keep` it, `watch` the redirect, or `adopt` its target. */
export type MovePlan = { kind: 'keep' } | ({ kind: 'watch' } & KnownMove) | { kind: 'adopt'; to: string };

/** Polls that must see a permanent redirect before its target is adopted. */
const ADOPT_AFTER_POLLS = 3;
/**
 * How long a redirect must hold before its target is adopted, in ms: a site misconfigured for an afternoon must not cost us its
 * URL.
 */
const ADOPT_AFTER_MS = 24 * 3_600_000;

/**
 * Decides what a successful poll means for the feed's URL. `movedTo` is the target of a permanent redirect: 301 and 308 say that
 * the URL itself has changed (RFC 9110 §15.4.2 and §15.4.9).
 */
export function planMove(known: KnownMove | undefined, movedTo: string | undefined, now: Date): MovePlan {
  if (movedTo === undefined) return { kind: 'keep' };
  const { since, polls } = known?.to === movedTo ? known : { since: now, polls: 0 };
  const hasHeld = polls + 1 >= ADOPT_AFTER_POLLS && now.getTime() - since.getTime() >= ADOPT_AFTER_MS;
  return hasHeld ? { kind: 'adopt', to: movedTo } : { kind: 'watch', to: movedTo, since, polls: polls + 1 };
}
