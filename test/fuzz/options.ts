import { parseArgs } from 'node:util';

export const HELP = `npm run test:fuzz -- [options]

Composes documents by mutating our own feeds and pages, reads each in a thread with limits of time and memory, and checks what our
readers make of it. A finding is minimized and kept in test/fuzz/found/, where a unit test reads it from then on.

  --seed N          seed of the first document; each further one has the next number (default: random, and printed)
  --documents N     end after this many documents (default: 5000, or no limit with --minutes)
  --minutes N       end after this time
  --help            print this help

Exit codes: 0 for no finding, 1 for findings, 2 for wrong options.`;

const DEFAULT_DOCUMENTS = 5_000;

/** What to run. */
export interface FuzzOptions {
  seed: number;
  documents: number;
  minutes: number;
}

/** Reads the command line. @returns the options, 'help', or what is wrong */
export function parseOptions(args: string[], randomSeed: number): FuzzOptions | 'help' | { problem: string } {
  const type = 'string' as const;
  try {
    const { values } = parseArgs({
      args,
      options: { seed: { type }, documents: { type }, minutes: { type }, help: { type: 'boolean', default: false } },
    });
    if (values.help) return 'help';
    const isTimed = values.minutes !== undefined;
    return {
      seed: readNumber('--seed', values.seed, SEEDS) ?? randomSeed,
      documents: readNumber('--documents', values.documents, COUNTS) ?? (isTimed ? Number.POSITIVE_INFINITY : DEFAULT_DOCUMENTS),
      minutes: readNumber('--minutes', values.minutes, MINUTES) ?? Number.POSITIVE_INFINITY,
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { problem: error.message };
  }
}

interface Range {
  least: number;
  most: number;
  isWhole: boolean;
}
/** Seeds are 32-bit numbers. */
const SEEDS: Range = { least: 0, most: 2 ** 32 - 1, isWhole: true };
const COUNTS: Range = { least: 1, most: 1e9, isWhole: true };
const MINUTES: Range = { least: 0.01, most: 100_000, isWhole: false };

/** @throws a RangeError if the text is not a number in the range */
function readNumber(name: string, text: string | undefined, { least, most, isWhole }: Range): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  throw new RangeError(`${name} must be a ${isWhole ? 'whole number' : 'number'} from ${least} to ${most}`);
}
