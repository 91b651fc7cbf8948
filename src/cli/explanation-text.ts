import type { ExplainedBlock, Explanation } from '../articles/body/explain.js';
import { toPrintable } from '../text/printable.js';
import type { CliContext, Colour } from './app.js';

/** Longest text of a block, in characters; a longer one is cut off with an ellipsis. */
const MAX_TEXT = 160;
const COLOURS: Record<ExplainedBlock['fate'], Colour> = { kept: 'green', dropped: 'red', outside: 'grey' };

/** Prints an explanation, one line per block. Blocks outside the body are only counted. */
export async function printExplanation({ body, rule, blocks }: Explanation, context: CliContext): Promise<void> {
  context.out(body.length > 0 ? `Body: ${body.join(' > ')}` : 'No body was found.');
  if (rule) context.out(`Site rule: ${rule}`);
  let outside = 0;
  const printOutside = async () => {
    if (outside > 0) await printLine('outside', `  · ${outside} ${outside === 1 ? 'block' : 'blocks'} outside the body`, context);
    outside = 0;
  };
  for (const block of blocks) {
    if (block.fate === 'outside') {
      outside += 1;
      continue;
    }
    await printOutside();
    await printLine(block.fate, describeBlock(block), context);
  }
  await printOutside();
}

function describeBlock({ fate, reason, element, text }: ExplainedBlock): string {
  const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return fate === 'kept' ? `  + ${element}: ${shown}` : `  - ${element} (${reason}): ${shown}`;
}

const printLine = (fate: ExplainedBlock['fate'], line: string, context: CliContext): Promise<void> =>
  context.write(`${toPrintable(line)}\n`, COLOURS[fate]);
