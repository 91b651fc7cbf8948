import { anyPattern } from '../word-list.js';

/** A time of day on a 24-hour clock. */
export type Clock = readonly [hour: number, minute: number, second: number, ms: number];

/** The time of a date that has none. */
export const MIDNIGHT: Clock = [0, 0, 0, 0];

/** The forms of a time of day, most reliable first. Groups: hour, minute, second, fraction. */
const CLOCK_FORMS: readonly RegExp[] = [
  // 14:05:09.250
  /(?<![\d:+-])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,:](\d{1,9}))?)?(?!\d)/,
  // 14h05, 9 h 05 min, 14時5分, 14시 5분
  /(?<![\d:+-])(\d{1,2}) ?[h時时點点시](?![a-z])(?: ?(\d{1,2})(?: ?(?:min|[分분:m])(?: ?(\d{1,2}) ?[s秒초]?)?)?)?/,
  // ISO 8601 without colons, and to the hour: T140509, T14
  /^t?(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?(?=$| |z|[+-]\d)/,
  /^t(\d{2})(?=$|z|[+-]\d\d(?::?\d\d)?$)/,
  // 14.05, in German, Finnish and Italian
  /(?<![\d.:+-])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])/,
  // 10 a.m.
  /(?<![\d.:+-])(\d{1,2})(?= ?[ap]\.? ?m\b)/,
];

/** Folded words for the first half of the day. */
const AM = anyPattern([
  /a\.? ?m\b\.?/, // en, es
  /오전/, // ko
  /午前/, // ja
  /上午|凌晨|早上/, // zh
  /π\.?μ\.?/, // el
  /ص(?:باحا)?/, // ar
  /पूर्वाह्न/, // hi
  /sang|sa\b/, // vi
  /oo\b/, // tr
]);

/** Folded words for the second half of the day. */
const PM = anyPattern([
  /p\.? ?m\b\.?/, // en, es
  /오후/, // ko
  /午後/, // ja
  /下午|晚上/, // zh
  /μ\.?μ\.?/, // el
  /مساء|م/, // ar
  /अपराह्न/, // hi
  /chieu|ch\b/, // vi
  /os\b/, // tr
]);

// Each has two groups, for the two halves of the day.
const HALF_AFTER_CLOCK = new RegExp(`^ ?(?:(${AM})|(${PM}))(?![\\p{L}\\p{M}])`, 'u');
const HALF_BEFORE_CLOCK = new RegExp(`(?<![\\p{L}\\p{M}.])(?:(${AM})|(${PM})) ?$`, 'u');
/** East Asian languages write it directly after another word, such as the weekday. */
const EAST_ASIAN_HALF_BEFORE_CLOCK = /(?:(오전|午前|上午|凌晨|早上)|(오후|午後|下午|晚上)) ?$/;

/** The first time of day in a folded text, and the text after it, where a zone would be. */
export function findClock(text: string): { clock: Clock; tail: string } | undefined {
  for (const form of CLOCK_FORMS) {
    const match = form.exec(text);
    if (match) return readClock(text, match);
  }
  return undefined;
}

function readClock(text: string, match: RegExpExecArray): { clock: Clock; tail: string } {
  const [written, hour, minute = '0', second = '0', fraction = ''] = match;
  const head = text.slice(0, match.index);
  const tail = text.slice(match.index + written.length);
  const halfAfter = HALF_AFTER_CLOCK.exec(tail);
  const half = halfAfter ?? EAST_ASIAN_HALF_BEFORE_CLOCK.exec(head) ?? HALF_BEFORE_CLOCK.exec(head);
  return {
    clock: [to24Hours(Number(hour), half), Number(minute), Number(second), toMilliseconds(fraction)],
    tail: halfAfter ? tail.slice(halfAfter[0].length) : tail,
  };
}

/** 12 AM is midnight. An hour above 12 is already on the 24-hour clock, whatever is written beside it. */
const to24Hours = (hour: number, half: RegExpExecArray | null): number =>
  !half || hour > 12 ? hour : (hour % 12) + (half[2] ? 12 : 0);

/** Milliseconds from the digits after the decimal point of a second. */
const toMilliseconds = (fraction: string): number => Number(fraction.padEnd(3, '0').slice(0, 3));
