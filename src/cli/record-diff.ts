import { toPrintable } from '../text/printable.js';
import { type DiffParagraph, type DiffPart, diffTexts } from '../text/text-diff.js';
import type { CliContext, Colour, Row } from './app.js';

/** The fields of a record that are compared beside its text. */
const FIELDS = ['title', 'authors', 'published_at'] as const;

interface Version {
  revision: unknown;
  stored_at: unknown;
}

/** What changed between two versions of a record. */
export interface Comparison {
  from: Version;
  to: Version;
  fields: { name: string; parts: DiffPart[] }[];
  text: DiffParagraph[];
}

/** Compares two rows of the view `record_revisions`. */
export function compareRevisions(older: Row, newer: Row): Comparison {
  const locale = toLocale(newer.language);
  const fields = FIELDS.flatMap((name) => {
    const [before, after] = [toText(older[name]), toText(newer[name])];
    return before === after ? [] : [{ name, parts: diffLine(before, after, locale) }];
  });
  return {
    from: { revision: older.revision, stored_at: older.stored_at },
    to: { revision: newer.revision, stored_at: newer.stored_at },
    fields,
    text: diffTexts(String(older.content_text), String(newer.content_text), locale),
  };
}

/** The language of a record, if it is one that Intl knows the form of. */
function toLocale(language: unknown): string | undefined {
  try {
    return language ? Intl.getCanonicalLocales(String(language))[0] : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const toText = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));

/** The difference of two lines as one line. */
const diffLine = (before: string, after: string, locale: string | undefined): DiffPart[] =>
  diffTexts(before, after, locale).flatMap((paragraph) => (paragraph.kind === 'left-out' ? [] : paragraph.parts));

/** How the pieces of a difference look: coloured, or marked as by `git diff --word-diff` where there are no colours. */
const LOOKS: Record<DiffPart['kind'], { colour?: Colour; mark: (text: string) => string }> = {
  same: { mark: (text) => text },
  removed: { colour: 'red', mark: (text) => `[-${text}-]` },
  added: { colour: 'green', mark: (text) => `{+${text}+}` },
};

/** The pieces of a difference as text without colours. */
export const markParts = (parts: readonly DiffPart[]): string => parts.map(({ kind, text }) => LOOKS[kind].mark(text)).join('');

/** Prints what changed. */
export async function printComparison(
  { from, to, fields, text }: Comparison,
  output: Pick<CliContext, 'write' | 'styles'>,
): Promise<void> {
  const describe = ({ revision, stored_at }: Version) => `revision ${String(revision)} (${String(stored_at)})`;
  await output.write(`From ${describe(from)} to ${describe(to)}\n\n`, 'bold');
  for (const { name, parts } of fields) {
    await output.write(`${name}: `, 'grey');
    await printParts(parts, output);
  }
  if (fields.length > 0) await output.write('\n');
  if (text.every(({ kind }) => kind === 'left-out')) {
    await output.write('The text is the same.\n', 'grey');
    return;
  }
  for (const paragraph of text) {
    if (paragraph.kind === 'left-out') {
      const { count } = paragraph;
      await output.write(`… ${count} unchanged ${count === 1 ? 'paragraph' : 'paragraphs'} …\n`, 'grey');
    } else await printParts(paragraph.parts, output);
    await output.write('\n');
  }
}

async function printParts(parts: readonly DiffPart[], { write, styles }: Pick<CliContext, 'write' | 'styles'>): Promise<void> {
  for (const { kind, text } of parts) {
    const { colour, mark } = LOOKS[kind];
    const shown = toPrintable(text);
    await write(styles ? shown : mark(shown), colour);
  }
  await write('\n');
}
