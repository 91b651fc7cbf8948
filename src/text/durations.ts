/** Units of a duration, in ms, from the longest to the shortest. */
const UNIT_MS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Parses a duration such as `90s`, `5m`, `24h`, `1d` or `500ms` into ms; NaN when it is not one. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  return match ? Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0) : Number.NaN;
}

/** Writes a whole number of ms so that `parseDuration` reads back the same, in the longest unit that fits. */
export function writeDuration(ms: number): string {
  const [unit = 'ms', unitMs = 1] = Object.entries(UNIT_MS).find(([, length]) => ms >= length && ms % length === 0) ?? [];
  return `${ms / unitMs}${unit}`;
}
