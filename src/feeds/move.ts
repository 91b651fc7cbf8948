/** A permanent redirect that earlier polls have seen. */
export interface KnownMove {
  to: string;
  since: Date;
  polls: number;
}

/** What a good poll does about a feed's address: `keep` it, `watch` where it is sent to, or `adopt` that. */
export type MovePlan = { kind: 'keep' } | ({ kind: 'watch' } & KnownMove) | { kind: 'adopt'; to: string };

/** A permanent redirect is believed once it has held for so many polls… */
const ADOPT_AFTER_POLLS = 3;
/** …over so long, in ms: a site whose configuration was broken for an afternoon must not cost us its address. */
const ADOPT_AFTER_MS = 24 * 3_600_000;

/** 301 and 308 say that the address itself has changed (RFC 9110 §15.4.2, §15.4.9). */
export function planMove(known: KnownMove | undefined, movedTo: string | undefined, now: Date): MovePlan {
  if (movedTo === undefined) return { kind: 'keep' };
  const { since, polls } = known?.to === movedTo ? known : { since: now, polls: 0 };
  if (polls + 1 >= ADOPT_AFTER_POLLS && now.getTime() - since.getTime() >= ADOPT_AFTER_MS) return { kind: 'adopt', to: movedTo };
  return { kind: 'watch', to: movedTo, since, polls: polls + 1 };
}
