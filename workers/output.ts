import { once } from 'node:events';
import type { Colour } from '../src/cli/app.js';
import { redactCredentials } from '../src/web/credentials.js';
import { showInPager } from './pager.js';

/** The reader of standard output has closed it. */
export class OutputClosed extends Error {}

/** Standard output and standard error, as the commands use them. */
export interface Output {
  /** Prints a line to standard output, without the credentials of the URLs in it. */
  out(line: string): void;
  /** Prints a line whose credentials its reader may see: those of the embedded Postgres, to its owner. */
  outWithCredentials(line: string): void;
  /** Prints a line to standard error. */
  err(line: string): void;
  /**
   * Writes text to standard output, no faster than its reader takes it. Unchanged, unless it goes to a terminal: then as `out`
   * does, and in the colour if the terminal has colours and NO_COLOR is not set.
   */
  write(text: string, colour?: Colour): Promise<void>;
  /** Whether `write` shows colours. */
  styles: boolean;
  /** Collects what `use` writes, and shows it with the user's pager if standard output is a terminal. */
  page(use: (write: Output['write']) => Promise<void>): Promise<void>;
  /** Rejects with `OutputClosed` when the reader closes standard output, as `| head` does. That is not our error. */
  closed: Promise<never>;
}

/** Opens the standard streams of this process. */
export function openOutput(): Output {
  const closed = new Promise<never>((_, reject) => {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      reject(new OutputClosed());
    });
  });
  closed.catch(() => undefined);
  return {
    out: (line) => void process.stdout.write(`${toSafeText(line)}\n`),
    outWithCredentials: (line) => void process.stdout.write(`${replaceControls(line)}\n`),
    err: (line) => void process.stderr.write(`${toSafeText(line)}\n`),
    write: (text, colour) => writeToReader(toShown(text, colour)),
    styles: hasStyles(),
    async page(use) {
      const shown: string[] = [];
      await use(async (text, colour) => void shown.push(toShown(text, colour)));
      const text = shown.join('');
      if (!(process.stdout.isTTY && (await showInPager(text, process.env)))) await writeToReader(text);
    },
    closed,
  };
}

/** Writes to standard output, no faster than its reader takes it. */
async function writeToReader(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** What standard output gets for a text: unchanged, unless a terminal shows it. */
const toShown = (text: string, colour: Colour | undefined): string =>
  process.stdout.isTTY ? paint(toSafeText(text), colour) : text;

/** Parameters of the control sequence that selects a colour (ECMA-48 SGR). */
const COLOUR_CODES: Record<Colour, number> = { green: 32, red: 31, grey: 90, bold: 1 };

const hasStyles = (): boolean => process.stdout.isTTY && process.stdout.hasColors();

/** Puts the codes of a colour around text whose own control characters are removed. */
const paint = (text: string, colour: Colour | undefined) =>
  colour && hasStyles() ? `\u001b[${COLOUR_CODES[colour]}m${text}\u001b[0m` : text;

/**
 * Removes control characters, which could steer a terminal, and what changes the direction of writing beyond a word (UAX #9 §2.1 to
 * §2.4), which could make one thing look like another.
 */
const replaceControls = (text: string) => text.replace(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, ' ');

/** Text as a terminal may show it: without control characters, and without the credentials in URLs. */
export const toSafeText = (text: string) => redactCredentials(replaceControls(text));
