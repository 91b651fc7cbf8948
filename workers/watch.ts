import { reportStore } from '../db/reports.js';
import type { JobReport } from '../src/jobs/reports.js';
import { toPrintable } from '../src/text/printable.js';
import type { App } from './app.js';
import type { Output } from './output.js';

/** Interval between two status lines, in ms. */
const STATUS_INTERVAL_MS = 5_000;

const printable = (text: unknown) => toPrintable(String(text ?? ''));
const timeOfDay = () => new Date().toTimeString().slice(0, 8);

/** Shows a person what a running Feedmill does: how to use it, a line per record, and a status line every few seconds. */
export function startWatch(app: App, { out, outWithCredentials }: Pick<Output, 'out' | 'outWithCredentials'>) {
  let stored = 0;
  const printStatus = createStatusLine(app, out);
  const timer = setInterval(() => {
    // The connection itself reports that the database is down.
    printStatus(stored).catch((error: Error) => app.log.debug({ problem: error.message }, 'no status line'));
  }, STATUS_INTERVAL_MS);

  return {
    /** Prints where the records are and what to try next. */
    greet: (withSampler: boolean) => greeting(app, withSampler).forEach(outWithCredentials),
    onReport(report: JobReport) {
      if (report.status === 'stored') {
        stored += 1;
        const { site, title, words, contentSource } = report;
        out(`${timeOfDay()}  ${[site, title, `${String(words)} words`, contentSource].map(printable).join(' · ')}`);
      } else if (report.status === 'failed') {
        out(`${timeOfDay()}  not stored: ${printable(report.url)}: ${printable(report.error)}`);
      }
    },
    stop: () => clearInterval(timer),
  };
}

/** @returns a function that prints the status line, given how many records this process has stored so far */
function createStatusLine({ db }: App, out: (line: string) => void): (stored: number) => Promise<void> {
  const reports = reportStore(db);
  let last = { at: Date.now(), stored: 0 };
  return async (stored) => {
    const { feeds, due, stored: total, failed, outage_since: outage } = await reports.loadStatus();
    const now = Date.now();
    const rate = ((stored - last.stored) * 1000) / Math.max(1, now - last.at);
    last = { at: now, stored };
    const facts = [`${feeds} feeds`, `${due} due`, `${total} stored`, `${failed} failed`, `${rate.toFixed(1)} per second`];
    if (outage) facts.push('most sites cannot be reached: the problem is on our side');
    out(`${timeOfDay()}  -- ${facts.join(' · ')}`);
  };
}

function greeting({ embedded, databaseUrl, config }: App, withSampler: boolean): string[] {
  // This is the terminal of the owner. The embedded server's password only protects it from other users of the machine. A
  // password of the user's own is not printed; the variable that it came from is at hand.
  const url = embedded ? databaseUrl : '$DATABASE_URL';
  const place = embedded ? `the embedded Postgres in ${config.dataDir}` : 'your Postgres';
  const query = 'select published_at, site_name, title from feedmill.records order by stored_at desc limit 10';
  return [
    `Feedmill is running. Records are stored in ${place}.`,
    ...(withSampler ? ['You have no feeds yet, so Feedmill serves six small sample sites on this machine and reads them.'] : []),
    '',
    `  see records   psql "${url}" -c "${query}"`,
    '                npx feedmill records',
    '  add feeds     npx feedmill add https://example.org/feed.xml      npx feedmill import feeds.opml',
    '  stop          Ctrl-C',
    '',
  ];
}
