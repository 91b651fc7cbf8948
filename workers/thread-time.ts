import { readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';

/** Clock ticks per second in /proc, which the kernel fixes at 100 for all programs (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100;
/** The fields of /proc/…/stat between the name in parentheses and utime (proc(5)). */
const FIELDS_BEFORE_UTIME = 11;
/**
 * How many times the limit may pass by the clock on the wall: a busy machine lets a thread run for a fraction of the time, and
 * where CPU time can't be read, this is the only limit.
 */
const WALL_FACTOR = 4;

/** What a reader thread posts when it starts: the id that Linux gives it. */
export interface ThreadStarted {
  osThreadId: number;
}

/** Tells the main thread which thread this is, where the system shows it (Linux). */
export function announceThread(): void {
  const osThreadId = findThreadId();
  if (osThreadId !== undefined) parentPort?.postMessage({ osThreadId } satisfies ThreadStarted);
}

/** Read at once: an asynchronous call would be made by another thread. */
function findThreadId(): number | undefined {
  try {
    const link = readlinkSync('/proc/thread-self');
    return Number(link.slice(link.lastIndexOf('/') + 1));
  } catch {
    return undefined; // not Linux
  }
}

/**
 * The CPU time that a thread of this process has used so far, in ms. Node tells it only in new versions, so it is read from /proc.
 * Undefined where there is no /proc, and when the thread has ended.
 */
export async function readThreadCpuMs(osThreadId: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/self/task/${osThreadId}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = fields.slice(FIELDS_BEFORE_UTIME, FIELDS_BEFORE_UTIME + 2).map(Number);
  return user === undefined || system === undefined ? undefined : ((user + system) * 1_000) / TICKS_PER_SECOND;
}

/** Whether a document has taken too long: by the CPU time of its thread, or by far by the clock on the wall. Times in ms. */
export const isOverLimit = (used: { wallMs: number; cpuMs: number | undefined }, limitMs: number): boolean =>
  used.wallMs > limitMs * WALL_FACTOR || (used.cpuMs ?? 0) > limitMs;
