/** A date further ahead than this is a mistake of the publisher's, in ms: no date is better than a wrong one. */
const MAX_AHEAD_MS = 2 * 86_400_000;
/** Before the web there were no feeds; an epoch of 0 or a year of 1 is a default that nobody set. */
const OLDEST = Date.UTC(1971, 0, 1);

/** Minutes east of UTC, by the names that feeds use (RFC 822 §5.1, and what publishers took for it). */
const ZONES: Record<string, number> = {
  UT: 0,
  UTC: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  WEST: 60,
  BST: 60,
  IST: 330,
  CET: 60,
  MET: 60,
  MEZ: 60,
  CEST: 120,
  MESZ: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  MSD: 240,
  ET: -300,
  EST: -300,
  EDT: -240,
  CT: -360,
  CST: -360,
  CDT: -300,
  MT: -420,
  MST: -420,
  MDT: -360,
  PT: -480,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
  JST: 540,
  KST: 540,
  HKT: 480,
  SGT: 480,
  AWST: 480,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  BRT: -180,
  ART: -180,
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A date as feeds write it (RFC 822, ISO 8601, and their near misses) as an instant; without a zone it is taken for UTC.
 * Undefined when it can't be read, or is no date that a publication can have.
 */
export function parseDate(text: string | undefined, now: Date): Date | undefined {
  const trimmed = text?.trim().replace(/\s+/g, ' ');
  if (!trimmed || trimmed.length > 100) return undefined;
  const ms = parseIso(trimmed) ?? parseRfc822(trimmed);
  if (ms === undefined || Number.isNaN(ms) || ms < OLDEST || ms > now.getTime() + MAX_AHEAD_MS) return undefined;
  return new Date(ms);
}

function parseIso(text: string): number | undefined {
  const match =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)? ?(Z|[A-Za-z]{2,5}|[+-]\d{2}:?\d{0,2})?$/i.exec(
      text,
    ) ?? /^(\d{4})(\d{2})(\d{2})(?:T(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?(Z|[+-]\d{2}:?\d{0,2})?$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = match;
  return instant(
    [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)],
    zone,
    Number(`0.${fraction}`),
  );
}

function parseRfc822(text: string): number | undefined {
  const match =
    /^(?:[\p{L}.]+,? ?)?(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2})(?:,? (\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([ap])\.?m\.?)?)?(?: ?\(?((?:GMT|UTC)?[+-]\d{1,2}:?\d{0,2}|[A-Za-z]{1,5})\)?.*)?$/iu.exec(
      text,
    );
  if (match) {
    const [, day, month = '', year = '', hour = '0', minute = '0', second = '0', half, zone] = match;
    return instant([fullYear(year), monthOf(month), Number(day), onClock(hour, half), Number(minute), Number(second)], zone, 0);
  }
  const american =
    /^(?:[A-Za-z]{3,9},? )?([A-Za-z]{3,9})\.? (\d{1,2}),? (?:(\d{4}),? ?)?(?:(?:at )?(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap])\.?m\.?)?)? ?([A-Z]{2,5}|[+-]\d{2}:?\d{2})?(?: (\d{4}))?$/i.exec(
      text,
    );
  if (!american) return undefined;
  const [, month = '', day, year, hour = '0', minute = '0', second = '0', half, zone, lateYear] = american;
  return instant(
    [Number(year ?? lateYear), monthOf(month), Number(day), onClock(hour, half), Number(minute), Number(second)],
    zone,
    0,
  );
}

/** Twelve o'clock AM is midnight. */
const onClock = (hour: string, half: string | undefined) =>
  half ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);

const monthOf = (name: string) => MONTHS.indexOf(name.slice(0, 3).toLowerCase());

/** RFC 2822 §4.3: 00–49 is this century. */
const fullYear = (text: string) => (text.length === 4 ? Number(text) : Number(text) + (Number(text) < 50 ? 2000 : 1900));

function instant(
  [year = 0, month = -1, day = 0, hour = 0, minute = 0, second = 0]: number[],
  zone: string | undefined,
  fraction: number,
): number | undefined {
  if (month < 0 || month > 11 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return undefined;
  const offset = offsetOf(zone);
  const ms = Date.UTC(year, month, day, hour, minute, Math.min(second, 59), Math.floor(fraction * 1000));
  // 31 June is not 1 July: the publisher meant something else.
  if (hour < 24 && new Date(ms).getUTCDate() !== day) return undefined;
  return offset === undefined ? undefined : ms - offset * 60_000;
}

const MAX_OFFSET_MINUTES = 14 * 60;

function offsetOf(zone: string | undefined): number | undefined {
  if (!zone) return 0;
  const numeric = /^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone);
  if (numeric) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0);
    // No zone is further than 14 hours from UTC: beyond that it is no zone, and the day is right all the same.
    return minutes > MAX_OFFSET_MINUTES ? 0 : numeric[1] === '-' ? -minutes : minutes;
  }
  // A zone name that nobody knows: the day is right all the same.
  return ZONES[zone.toUpperCase()] ?? 0;
}
