import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { Piscina } from 'piscina';
import type { readArticle } from '../src/articles/read.js';
import type { readFeed } from '../src/feeds/read.js';
import type { Stopped } from '../src/jobs/stopped.js';

/** A document that needs more is stopped, and its thread with it, in MB. */
const THREAD_MEMORY_MB = 256;

export interface ReaderOptions {
  threads: number;
  /** For one document. */
  timeoutMs: number;
}

/**
 * Runs a function in worker threads, with a hard limit of time and memory: a document that hangs or blows up ends its
 * thread, not the process, and holds up no other.
 */
function createReader<Input, Output>(file: string, { threads, timeoutMs }: ReaderOptions) {
  const pool = new Piscina({
    filename: fileURLToPath(new URL(file, import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  });
  // Errors of a thread reach the task it was running; unheard here, they would end the process.
  pool.on('error', () => undefined);
  // Piscina's own queue would let the time limit run while a document still waits for a thread.
  const oneEach = pLimit(threads);

  return {
    read: (input: Input): Promise<Output | Stopped> =>
      oneEach(async () => {
        const signal = AbortSignal.timeout(timeoutMs);
        try {
          return (await pool.run(input, { signal })) as Output;
        } catch (error) {
          if (signal.aborted) return { kind: 'stopped', reason: 'too-slow' };
          const code = error instanceof Error && 'code' in error ? error.code : undefined;
          if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { kind: 'stopped', reason: 'too-much-memory' };
          throw error;
        }
      }),
    close: () => pool.destroy(),
  };
}

/** Reads the pages of articles. */
export const createArticleReader = (options: ReaderOptions) =>
  createReader<Parameters<typeof readArticle>[0], ReturnType<typeof readArticle>>('./article-thread.js', options);

/** Reads the documents of feeds. */
export const createFeedReader = (options: ReaderOptions) =>
  createReader<Parameters<typeof readFeed>[0], Awaited<ReturnType<typeof readFeed>>>('./feed-thread.js', options);
