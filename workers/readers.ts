import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { Piscina } from 'piscina';
import type { readArticle } from '../src/articles/read.js';
import type { writeRecord } from '../src/export/write-record.js';
import type { readFeed, readIdentifiedFeed } from '../src/feeds/read.js';
import type { Stopped } from '../src/jobs/stopped.js';
import { errorCode } from '../src/text/error-code.js';
import { present } from '../src/text/present.js';
import { isOverLimit, readThreadCpuMs, type ThreadStarted } from './thread-time.js';

/** Memory limit of a reader thread, in MB. A document that needs more ends its thread. */
const THREAD_MEMORY_MB = 256;

/** How often the time of a document is measured, in ms. */
const CHECK_MS = 100;

/** How many documents are read at once, and how long each may take. */
export interface ReaderOptions {
  threads: number;
  /** The limit for one document, in ms of its thread's CPU time; several times as long by the clock on the wall. */
  timeoutMs: number;
  /** Called after each document. */
  onRead?: ((time: ReadTime) => void) | undefined;
}

/** How long a thread took to read a document, in ms, and why it was stopped, if it was. */
export interface ReadTime {
  ms: number;
  stopped?: Stopped['reason'];
}

/** A pool of one thread, so that we know whose CPU time we measure. */
function startThread<Input, Output>(file: URL) {
  const pool = new Piscina<Input, Output>({
    filename: fileURLToPath(file),
    minThreads: 1,
    maxThreads: 1,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  });
  // The task that a thread was running gets its errors. Without a listener here, they would also end the process.
  pool.on('error', () => undefined);
  let osThreadId: number | undefined;
  pool.on('message', (started: ThreadStarted) => {
    osThreadId = started.osThreadId;
  });
  /** Which thread runs now, and the CPU time that it has used so far, in ms. */
  const measure = async () => ({ osThreadId, cpuMs: osThreadId === undefined ? undefined : await readThreadCpuMs(osThreadId) });
  return { pool, measure };
}

const isStopped = (read: unknown): read is Stopped =>
  typeof read === 'object' && read !== null && 'kind' in read && read.kind === 'stopped';

type Thread<Input, Output> = ReturnType<typeof startThread<Input, Output>>;

/** Calls `stop` once a task that starts now has taken too long. @returns a function that ends the watch */
async function watchTime({ measure }: Pick<Thread<never, never>, 'measure'>, limitMs: number, stop: () => void) {
  const before = await measure();
  const startedMs = performance.now();
  const timer = setInterval(async () => {
    const wallMs = performance.now() - startedMs;
    if (wallMs <= limitMs) return;
    const now = await measure();
    // A thread that was started meanwhile has done nothing else.
    const earlierMs = now.osThreadId === before.osThreadId ? (before.cpuMs ?? 0) : 0;
    const cpuMs = now.cpuMs === undefined ? undefined : now.cpuMs - earlierMs;
    if (isOverLimit({ wallMs, cpuMs }, limitMs)) stop();
  }, CHECK_MS);
  return () => clearInterval(timer);
}

/**
 * Runs the export `name` of `file` in worker threads with hard limits of time and memory. A document that hangs or needs too
 * much memory ends its thread, not the process.
 */
export function createReader<Input, Output>(file: URL, { threads, timeoutMs, onRead }: ReaderOptions, name = 'default') {
  const all = Array.from({ length: threads }, () => startThread<Input, Output>(file));
  const idle = [...all];
  // The time limit starts when a document gets its thread, not while it waits for one.
  const onePerThread = pLimit(threads);

  async function readTimed(thread: Thread<Input, Output>, input: Input): Promise<Output | Stopped> {
    const startedMs = performance.now();
    const read = await readIn(thread, input);
    onRead?.({ ms: performance.now() - startedMs, ...present({ stopped: isStopped(read) ? read.reason : undefined }) });
    return read;
  }

  async function readIn(thread: Thread<Input, Output>, input: Input): Promise<Output | Stopped> {
    const abort = new AbortController();
    const endWatch = await watchTime(thread, timeoutMs, () => abort.abort());
    try {
      return await thread.pool.run(input, { signal: abort.signal, name });
    } catch (error) {
      if (abort.signal.aborted) return { kind: 'stopped', reason: 'too-slow' };
      if (errorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY') return { kind: 'stopped', reason: 'too-much-memory' };
      throw error;
    } finally {
      endWatch();
    }
  }

  return {
    read: (input: Input): Promise<Output | Stopped> =>
      onePerThread(async () => {
        const thread = idle.pop();
        if (!thread) throw new Error('no reader thread is idle');
        return readTimed(thread, input).finally(() => idle.push(thread));
      }),
    close: async () => void (await Promise.all(all.map(({ pool }) => pool.destroy()))),
  };
}

const here = (file: string) => new URL(file, import.meta.url);

/** Starts the threads that read the pages of articles. */
export const createArticleReader = (options: ReaderOptions) =>
  createReader<Parameters<typeof readArticle>[0], ReturnType<typeof readArticle>>(here('./article-thread.js'), options);

/** Starts the threads that read the documents of feeds. */
export const createFeedReader = (options: ReaderOptions) =>
  createReader<Parameters<typeof readFeed>[0], Awaited<ReturnType<typeof readFeed>>>(
    here('./feed-thread.js'),
    options,
    'readFeed',
  );

/** Starts the threads that read the documents of feeds and give the entries their keys. */
export const createIdentifyingReader = (options: ReaderOptions) =>
  createReader<Parameters<typeof readIdentifiedFeed>[0], Awaited<ReturnType<typeof readIdentifiedFeed>>>(
    here('./feed-thread.js'),
    options,
    'readIdentifiedFeed',
  );

/** Starts the thread that writes records for an export. */
export const createRecordWriter = (options: ReaderOptions) =>
  createReader<Parameters<typeof writeRecord>[0], ReturnType<typeof writeRecord>>(here('./export-thread.js'), options);
