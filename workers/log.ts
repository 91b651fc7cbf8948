import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Config } from '../src/config.js';
import type { JobReport } from '../src/jobs/reports.js';
import { errorCode } from '../src/text/error-code.js';
import { present } from '../src/text/present.js';

/**
 * Creates the log: on stderr, as JSON lines for containers and pipes or as readable lines for a terminal. stdout is for the
 * commands.
 */
export function createLog({ level, format }: Config['log'], name: string): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  const options = { level, name, base: { name, pid: process.pid }, errorKey: 'error' };
  return pretty
    ? pino(options, PinoPretty({ destination: 2, sync: true, ignore: 'pid,name', translateTime: 'SYS:HH:MM:ss' }))
    : pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }));
}

/** The same settings with a log of warnings and errors only, unless the user asked for another level. */
export const logProblemsOnly = (config: Config): Config =>
  config.log.level === 'info' ? { ...config, log: { ...config.log, level: 'warn' } } : config;

/**
 * Logs how a job or a push ended: a line for each article that it found, then one for itself. So `articleId` follows an entry from
 * the poll that brought it to its record.
 */
export function logReport(log: Logger, report: JobReport, message: string): void {
  if ('articleIds' in report)
    for (const articleId of report.articleIds ?? []) log.info({ articleId, feedId: report.feedId }, 'new entry');
  log.info({ ...report, articleIds: undefined }, message);
}

/** How long the same connection error is not logged again, in ms. A lost connection fails at every attempt. */
const REPEAT_MS = 30_000;

/** Returns a function that logs connection errors of `what` without flooding the log: repetitions are counted instead. */
export function reportErrors(log: Logger, what: string, now: () => number = Date.now): (error: Error) => void {
  const seen = new Map<string, { at: number; suppressed: number }>();
  return (error) => {
    // When ::1 and 127.0.0.1 both refuse, the AggregateError has an empty message.
    const message = error.message || errorCode(error) || error.name;
    const last = seen.get(message);
    if (last && now() - last.at < REPEAT_MS) {
      last.suppressed += 1;
      return;
    }
    if (seen.size > 100) seen.clear();
    seen.set(message, { at: now(), suppressed: 0 });
    log.warn({ problem: message, ...present({ repeated: last?.suppressed || undefined }) }, `${what} has a problem`);
  };
}
