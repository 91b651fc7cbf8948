import type { Stopped } from '../../src/jobs/stopped.js';
import { createReader } from '../../workers/readers.js';
import { findProblems } from './check.js';
import type { FuzzDocument } from './documents.js';
import type { Examined } from './examine.js';

/**
 * CPU time for one document, in ms, the start of a thread included. A document of a megabyte is read in several ways and takes
 * up to a second; quadratic code takes minutes.
 */
const TIMEOUT_MS = 5_000;
/** A document is slow if it is stopped as often as this. On a busy machine, the start of a thread alone may take too long. */
const SLOW_TRIES = 2;
const THREAD = new URL('./thread.mjs', import.meta.url);
/** Frames of a stack that are shown: where an error was thrown, and from where that was called. */
const SHOWN_FRAMES = 3;

/** Examines documents in threads with the limits of time and memory of our readers. */
export interface Fuzzer {
  /** What is wrong with what our readers make of a document, in words; empty if nothing is. */
  findProblems(document: FuzzDocument): Promise<string[]>;
  close(): Promise<void>;
}

interface FuzzerOptions {
  threads: number;
  /** The file that the threads run. Its default export examines a document. */
  file?: URL;
  /** CPU time for one document, in ms. */
  timeoutMs?: number;
}

/** Starts the threads. */
export function openFuzzer({ threads, file = THREAD, timeoutMs = TIMEOUT_MS }: FuzzerOptions): Fuzzer {
  const reader = createReader<FuzzDocument, Examined>(file, { threads, timeoutMs });
  return {
    async findProblems(document) {
      try {
        let examined = await reader.read(document);
        for (let tries = 1; tries < SLOW_TRIES && isTooSlow(examined); tries += 1) examined = await reader.read(document);
        return 'kind' in examined ? [`the thread was stopped: ${examined.reason}`] : findProblems(document, examined);
      } catch (error) {
        return [describeError(error)];
      }
    },
    close: () => reader.close(),
  };
}

const isTooSlow = (examined: Examined | Stopped): boolean => 'kind' in examined && examined.reason === 'too-slow';

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `throws ${String(error)}`;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [`throws ${error.name}: ${error.message}`, ...frames.slice(0, SHOWN_FRAMES).map((frame) => frame.trim())].join(' ');
}
