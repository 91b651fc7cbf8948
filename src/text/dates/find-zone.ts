/**
 * The zone names that feeds use. Each has a fixed offset from UTC, in minutes east, or follows the clock of a place. CST, IST and
 * BST have several meanings: here they are those of North America, India and Britain.
 */
const ZONE_NAMES: readonly (readonly [clock: number | string, names: string])[] = [
  [0, 'z ut utc gmt wet'],
  [60, 'cet met mez west bst wat'],
  [120, 'eet cest mest mesz cat sast'],
  [180, 'eest idt msk trt eat'],
  [210, 'irst'],
  [240, 'msd gst'],
  [300, 'pkt'],
  [330, 'ist'],
  [345, 'npt'],
  [420, 'ict wib'],
  [480, 'hkt sgt myt pht wita awst'],
  [540, 'jst kst wit'],
  [570, 'acst'],
  [600, 'aest'],
  [630, 'acdt'],
  [660, 'aedt'],
  [720, 'nzst'],
  [780, 'nzdt'],
  [-120, 'brst'],
  [-150, 'ndt'],
  [-180, 'adt art brt clst uyt'],
  [-210, 'nst'],
  [-240, 'ast edt clt vet'],
  [-300, 'est cdt cot pet'],
  [-360, 'cst mdt'],
  [-420, 'mst pdt'],
  [-480, 'pst akdt'],
  [-540, 'akst'],
  [-600, 'hst'],
  ['America/Halifax', 'at'],
  ['America/New_York', 'et'],
  ['America/Chicago', 'ct'],
  ['America/Denver', 'mt'],
  ['America/Los_Angeles', 'pt'],
];

const ZONES = new Map(ZONE_NAMES.flatMap(([clock, names]) => names.split(' ').map((name) => [name, clock] as const)));

/** The largest offset of a real zone, in minutes. A larger one is ignored, since the day is right all the same. */
const MAX_OFFSET_MINUTES = 14 * 60;

/**
 * The offset from UTC, in minutes east, that the folded text after a clock names. `local` is the time on that clock, as if in
 * UTC, in ms. Undefined if the text names no known zone.
 */
export function findZoneOffset(text: string, local: number): number | undefined {
  const place = /\b[a-z]+\/[a-z_]+(?:\/[a-z_]+)?(?:[+-]\d{1,2})?/.exec(text)?.[0];
  if (place) return findPlaceOffset(place, local);
  const numeric = /(?<!\d)([+-])(\d{1,2}):?(\d{2})?(?!\d)/.exec(text);
  if (numeric) return parseOffset(numeric);
  const zone = outerWords(text)
    .map((word) => ZONES.get(word))
    .find((known) => known !== undefined);
  return typeof zone === 'string' ? findPlaceOffset(zone, local) : zone;
}

function parseOffset([, sign, hours, minutes = '0']: RegExpExecArray): number | undefined {
  const offset = Number(hours) * 60 + Number(minutes);
  if (offset > MAX_OFFSET_MINUTES || Number(minutes) > 59) return undefined;
  return sign === '-' ? -offset : offset;
}

/** The first and the last word of a text, where a zone would be. */
function outerWords(text: string): string[] {
  const words = text.match(/[a-z]+/g) ?? [];
  return [words.at(0), words.at(-1)].filter((word) => word !== undefined);
}

/** The zone after a date without a time of day: the whole text if it looks like a zone, else nothing. */
export const zoneAfterDay = (text: string): string => (/^ ?\(?(?:[a-z]{1,4}|[+-]\d\d:?\d\d)\)?$/.test(text) ? text : '');

/** Whether a folded text names a North American zone after a digit. Such texts put the month before the day. */
export const isNorthAmerican = (text: string): boolean => /\d.*\b(?:[ecmp][sd]?t|ak[sd]t|hst)\b/.test(text);

/** Whether a folded text starts or ends with the name of a regional zone, which GMT and UTC are not. */
export const namesRegion = (text: string): boolean =>
  outerWords(text).some((word) => /^[a-z]{3,4}$/.test(word) && !/^(gmt|utc)$/.test(word) && ZONES.has(word));

const formats = new Map<string, Intl.DateTimeFormat>();

/** The offset of a place in the IANA time zone database at a local time, in minutes. Undefined for an unknown place. */
function findPlaceOffset(place: string, local: number): number | undefined {
  try {
    const format = formats.get(place) ?? new Intl.DateTimeFormat('en', { timeZone: place, timeZoneName: 'longOffset' });
    formats.set(place, format);
    const approximate = local - readOffset(format, local) * 60_000;
    return readOffset(format, approximate);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The offset of a format's zone at an instant, in minutes. */
function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
}
