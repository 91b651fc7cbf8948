import { createInterface } from 'node:readline/promises';
import { toSafeText } from './output.js';
import { waitForStopSignal } from './stop-signal.js';

/**
 * Asks a question on standard error, so that standard output only has results, and reads a line. The terminal stays in its
 * normal mode, so that Ctrl-C is a signal.
 * @returns undefined when nobody is at a terminal
 */
export async function askAtTerminal(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    // Neither the end of input (Ctrl-D) nor a signal (Ctrl-C) answers the question by itself.
    return await Promise.race([
      waitForStopSignal().then(() => ''),
      lines.question(toSafeText(question)),
      new Promise<string>((done) => lines.once('close', () => done(''))),
    ]);
  } finally {
    lines.close();
  }
}
