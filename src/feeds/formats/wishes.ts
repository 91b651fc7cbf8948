import { present } from '../../text/present.js';
import type { Wishes } from '../poll-facts.js';

/** What a feed says about polling, as written: RSS 2.0's ttl, skipHours and skipDays, and the syndication module of RSS 1.0. */
export interface WrittenWishes {
  /** In minutes. */
  ttl: string | undefined;
  /** `hourly` to `yearly` (sy:updatePeriod), and how many updates there are in each period (sy:updateFrequency). */
  period: string | undefined;
  frequency: string | undefined;
  skipHours: readonly string[];
  skipDays: readonly string[];
}

const PERIODS_MS: Record<string, number> = {
  hourly: 3_600_000,
  daily: 86_400_000,
  weekly: 604_800_000,
  monthly: 2_592_000_000,
  yearly: 31_536_000_000,
};

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Parses the wishes; values that make no sense are dropped. */
export function parseWishes({ skipHours, skipDays, ...interval }: WrittenWishes): Wishes {
  return present({
    pollEveryMs: parseInterval(interval) || undefined,
    skipHours: skipHours.length > 0 ? parseHours(skipHours) : undefined,
    skipDays: skipDays.length > 0 ? skipDays.map((day) => DAYS.indexOf(day.toLowerCase())).filter((day) => day >= 0) : undefined,
  });
}

/** Hours from 0 to 23. Early versions of RSS counted from 1 to 24. */
const parseHours = (hours: readonly string[]): number[] =>
  hours.map((hour) => Number(hour) % 24).filter((hour) => Number.isInteger(hour) && hour >= 0);

function parseInterval({ ttl, period, frequency }: Pick<WrittenWishes, 'ttl' | 'period' | 'frequency'>): number | undefined {
  const minutes = Number(ttl);
  if (minutes > 0) return minutes * 60_000;
  const periodMs = PERIODS_MS[period?.toLowerCase() ?? ''];
  return periodMs === undefined ? undefined : periodMs / Math.max(1, Number(frequency) || 1);
}
