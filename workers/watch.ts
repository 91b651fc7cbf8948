import { maskPassword } from '../db/client.js';
import { reportStore } from '../db/reports.js';
import type { JobReport } from '../src/jobs/reports.js';
import type { App } from './app.js';

/** How often the status line comes, in ms. */
const STATUS_MS = 5_000;

const clean = (text: unknown) => String(text ?? '').replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');
const clock = () => new Date().toTimeString().slice(0, 8);

/** What a person sees of a running Feedmill: a line a record, a status line now and then, and how to look. */
export function watch(app: App, out: (line: string) => void) {
  const reports = reportStore(app.db);
  let stored = 0;
  let last = { at: Date.now(), stored: 0 };

  const status = async () => {
    const { feeds, due, stored: total, failed, outage_since: outage } = await reports.loadStatus();
    const now = Date.now();
    const rate = ((stored - last.stored) * 1000) / Math.max(1, now - last.at);
    last = { at: now, stored };
    out(
      `${clock()}  -- ${feeds} feeds · ${due} due · ${total} stored · ${failed} failed · ${rate.toFixed(1)} a second${outage ? ' · most sites cannot be reached: the fault is on our side' : ''}`,
    );
  };
  const timer = setInterval(() => {
    // A database that is away is reported by its connection; the status line waits for it.
    status().catch((error: Error) => app.log.debug({ problem: error.message }, 'no status line'));
  }, STATUS_MS);

  return {
    greet(sampler: boolean) {
      // The embedded server's password protects it from other users of this machine, and this is its owner's terminal.
      const url = app.embedded ? app.databaseUrl : maskPassword(app.databaseUrl);
      out(
        `Feedmill is running. Records are stored in ${app.embedded ? `the embedded Postgres of ${app.config.dataDir}` : 'your Postgres'}.`,
      );
      if (sampler) out('No feed of yours is subscribed yet: six small sample sites are served on this machine, and read.');
      out('');
      out(
        `  look        psql "${url}" -c "select published_at, site_name, title from feedmill.records order by stored_at desc limit 10"`,
      );
      out('              npx feedmill records');
      out('  add feeds   npx feedmill add https://example.org/feed.xml      npx feedmill import feeds.opml');
      out('  stop        Ctrl-C');
      out('');
    },
    onReport(report: JobReport) {
      if (report.status === 'stored') {
        stored += 1;
        out(
          `${clock()}  ${clean(report.site)} · ${clean(report.title)} · ${String(report.words)} words · ${String(report.contentSource)}`,
        );
      } else if (report.status === 'failed') out(`${clock()}  no record of ${clean(report.url)}: ${clean(report.error)}`);
    },
    stop: () => clearInterval(timer),
  };
}
