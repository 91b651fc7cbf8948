import { createInterface } from 'node:readline/promises';
import { toSafeText } from './output.js';

/**
 * Asks a question on standard error, so that standard output only has results, and reads a line. Ctrl-C ends the command as
 * usual, since the terminal stays in its normal mode.
 * @returns undefined when nobody is at a terminal
 */
export async function askAtTerminal(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    // Without an answer, the end of input (Ctrl-D) would leave the question open.
    return await Promise.race([
      lines.question(toSafeText(question)),
      new Promise<string>((done) => lines.once('close', () => done(''))),
    ]);
  } finally {
    lines.close();
  }
}
