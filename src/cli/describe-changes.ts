import type { FieldChange } from '../articles/compare-records.js';
import { type DiffPart, diffTexts } from '../text/text-diff.js';
import { markParts } from './record-diff.js';

/** Longest value or paragraph that is shown, in characters. */
const MAX_SHOWN = 100;
/** Changed paragraphs of a text that are shown. */
const MAX_PARAGRAPHS = 5;
/** Characters of unchanged text that are shown before and after a change. */
const MAX_CONTEXT = 20;

/** Says in a few short lines what changes in a record: values with what replaces them, and in texts the words. */
export const describeChanges = (changes: readonly FieldChange[]): string[] =>
  changes.flatMap((change) => {
    const { field, before, after } = change;
    if (field === 'content_text') return describeText(String(before ?? ''), String(after ?? ''));
    if (field === 'content_html')
      return [`content_html: ${String(before ?? '').length} → ${String(after ?? '').length} characters`];
    return [`${field}: ${shorten(format(before))} → ${shorten(format(after))}`];
  });

function describeText(before: string, after: string): string[] {
  const changed = diffTexts(before, after).flatMap((paragraph) => (paragraph.kind === 'changed' ? [paragraph.parts] : []));
  return [
    `content_text: ${before.length} → ${after.length} characters`,
    ...changed.slice(0, MAX_PARAGRAPHS).map((parts) => `  ${markParts(parts.map(shortenPart))}`),
    ...(changed.length > MAX_PARAGRAPHS ? [`  … and ${changed.length - MAX_PARAGRAPHS} more`] : []),
  ];
}

/** What stays the same is shown only beside a change. */
const shortenPart = (part: DiffPart): DiffPart => {
  const { kind, text } = part;
  if (kind !== 'same') return { kind, text: shorten(text) };
  return text.length > 3 * MAX_CONTEXT ? { kind, text: `${text.slice(0, MAX_CONTEXT)} … ${text.slice(-MAX_CONTEXT)}` } : part;
};

const shorten = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text);

function format(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
