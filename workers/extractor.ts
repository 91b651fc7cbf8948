import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { Piscina } from 'piscina';
import type { readArticle } from '../src/articles/read.js';
import type { ThreadReading } from '../src/jobs/process-article.js';

/** A page that needs more is stopped, and its thread with it, in MB. */
const THREAD_MEMORY_MB = 256;

/**
 * Reads pages in worker threads, with a hard time limit: a page that hangs or blows up ends its thread, not the process.
 */
export function createExtractor({ threads, timeoutMs }: { threads: number; timeoutMs: number }) {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./extract-thread.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  });
  // Errors of a thread reach the task it was running; unheard here, they would end the process.
  pool.on('error', () => undefined);
  // Piscina's own queue would let the time limit run while a page still waits for a thread.
  const oneEach = pLimit(threads);

  return {
    readArticle: (input: Parameters<typeof readArticle>[0]): Promise<ThreadReading> =>
      oneEach(async () => {
        const signal = AbortSignal.timeout(timeoutMs);
        try {
          return (await pool.run(input, { signal })) as ThreadReading;
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
