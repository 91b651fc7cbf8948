import { diffArrays, diffWordsWithSpace } from 'diff';

/** A piece of two texts: in both, only in the old one (removed), or only in the new one (added). */
export interface DiffPart {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** A paragraph of two texts, as the pieces that it is made of, or how many unchanged paragraphs were left out here. */
export type DiffParagraph = { kind: 'changed' | 'context'; parts: DiffPart[] } | { kind: 'left-out'; count: number };

/** Unchanged paragraphs that are shown before and after a change. */
const CONTEXT = 1;
/** Changes beyond which two texts count as different throughout. The time grows with their square: this takes some 100 ms. */
const MAX_EDITS = 2_000;
/** Longest time of one comparison, in ms. */
const TIMEOUT_MS = 1_000;
/** Comparisons of words in one text; further changed paragraphs are removed and added as a whole. */
const MAX_COMPARISONS = 200;

const LIMITS = { maxEditLength: MAX_EDITS, timeout: TIMEOUT_MS };

/**
 * Compares two texts for people: paragraph by paragraph, and those that changed word by word. Unchanged paragraphs are left out,
 * except beside a change. `locale` tells words of scripts without spaces apart.
 */
export function diffTexts(before: string, after: string, locale?: string): DiffParagraph[] {
  const [old, now] = [splitParagraphs(before), splitParagraphs(after)];
  const changes = diffArrays(old, now, LIMITS) ?? [
    { value: old, removed: true, added: false },
    { value: now, removed: false, added: true },
  ];
  const compareWords = createWordComparer(locale);
  const paragraphs: DiffParagraph[] = [];
  for (let at = 0; at < changes.length; at += 1) {
    const [change, next] = [changes[at], changes[at + 1]];
    if (!change) continue;
    if (!change.removed && !change.added) {
      paragraphs.push(...change.value.map((text): DiffParagraph => ({ kind: 'context', parts: [{ kind: 'same', text }] })));
    } else if (change.removed && next?.added) {
      paragraphs.push(...pairUp(change.value, next.value, compareWords));
      at += 1;
    } else {
      paragraphs.push(...change.value.map((text) => whole(text, change.removed ? 'removed' : 'added')));
    }
  }
  return leaveOutUnchanged(paragraphs);
}

const splitParagraphs = (text: string): string[] => text.split(/\n+/).filter((line) => line.trim() !== '');

const whole = (text: string, kind: 'removed' | 'added'): DiffParagraph => ({ kind: 'changed', parts: [{ kind, text }] });

type CompareWords = (before: string, after: string) => DiffPart[] | undefined;

function createWordComparer(locale: string | undefined): CompareWords {
  const intlSegmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  let left = MAX_COMPARISONS;
  return (before, after) => {
    left -= 1;
    if (left < 0) return undefined;
    return diffWordsWithSpace(before, after, { ...LIMITS, intlSegmenter })?.map(({ value, added, removed }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text: value,
    }));
  };
}

/** Changed paragraphs in order: those at the same position are compared, if they have enough in common. */
function pairUp(old: readonly string[], now: readonly string[], compareWords: CompareWords): DiffParagraph[] {
  const pairs = Math.max(old.length, now.length);
  return Array.from({ length: pairs }).flatMap((_, n): DiffParagraph[] => {
    const [before, after] = [old[n], now[n]];
    const parts = before !== undefined && after !== undefined ? compareWords(before, after) : undefined;
    if (parts && isMostlySame(parts)) return [{ kind: 'changed', parts }];
    return [...(before === undefined ? [] : [whole(before, 'removed')]), ...(after === undefined ? [] : [whole(after, 'added')])];
  });
}

/** Below this, words in common are chance, and marking them makes both paragraphs unreadable. */
const MIN_COMMON = 0.3;

function isMostlySame(parts: readonly DiffPart[]): boolean {
  const count = (kinds: readonly DiffPart['kind'][]) =>
    parts.reduce((sum, { kind, text }) => (kinds.includes(kind) ? sum + text.length : sum), 0);
  const same = count(['same']);
  return same >= MIN_COMMON * Math.min(same + count(['removed']), same + count(['added']));
}

function leaveOutUnchanged(paragraphs: readonly DiffParagraph[]): DiffParagraph[] {
  const isNear = new Set<number>();
  for (const [at, { kind }] of paragraphs.entries()) {
    if (kind === 'changed') for (let n = at - CONTEXT; n <= at + CONTEXT; n += 1) isNear.add(n);
  }
  const shown: DiffParagraph[] = [];
  for (const [at, paragraph] of paragraphs.entries()) {
    const last = shown.at(-1);
    if (isNear.has(at)) shown.push(paragraph);
    else if (last?.kind === 'left-out') last.count += 1;
    else shown.push({ kind: 'left-out', count: 1 });
  }
  return shown;
}
