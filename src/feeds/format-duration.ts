/** Durations in ms. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A duration in ms for people: `45 s`, `20 min`, `3 h`, `2 days`. */
export function formatDuration(ms: number): string {
  if (ms < 1.5 * MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < 1.5 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 1.5 * DAY) return `${roundToTenth(ms / HOUR)} h`;
  return `${roundToTenth(ms / DAY)} days`;
}

const roundToTenth = (value: number): number => Math.round(value * 10) / 10;
