import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Config } from '../src/config.js';

/** JSON lines on stderr for containers and pipes, readable ones in a terminal. stdout is left to what a command prints. */
export function createLog({ level, format }: Config['log'], name: string): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  const options = { level, name, base: { name, pid: process.pid }, errorKey: 'error' };
  return pretty
    ? pino(options, PinoPretty({ destination: 2, sync: true, ignore: 'pid,name', translateTime: 'SYS:HH:MM:ss' }))
    : pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }));
}

/** A connection that is away says so at every try; one line a message in so many ms is enough. */
const REPEAT_MS = 30_000;

/** Reports connection errors without flooding the log: the same message again is counted, not written. */
export function reportErrors(log: Logger, what: string, now: () => number = Date.now): (error: Error) => void {
  const seen = new Map<string, { at: number; held: number }>();
  return (error) => {
    // An AggregateError of "connection refused" on ::1 and 127.0.0.1 has an empty message.
    const message = error.message || ('code' in error ? String(error.code) : error.name);
    const last = seen.get(message);
    if (last && now() - last.at < REPEAT_MS) {
      last.held += 1;
      return;
    }
    if (seen.size > 100) seen.clear();
    seen.set(message, { at: now(), held: 0 });
    log.warn({ problem: message, ...(last?.held ? { repeated: last.held } : {}) }, `${what} is not well`);
  };
}
