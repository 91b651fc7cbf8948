// What readers and operators wait for: every query of docs/sql.md, the view feeds, and the commands status and list.
import { availableParallelism, loadavg } from 'node:os';
import { printCommand } from './commands.js';
import { withDatabase } from './database.js';
import { fillDatabase } from './size/fill.js';
import { type Figures, measureQueries, measureReaders, measureReports } from './size/measure.js';

const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
const FEEDS = Number(process.env.BENCH_FEEDS ?? 10_000);
const PORT = 56_350;
/** What is aimed at with a million records and 10,000 feeds, in ms: for most queries, and for those whose labels match. */
const AIM_MS = 50;
const AIMS_MS: readonly (readonly [RegExp, number])[] = [
  [/feeds|list/, 300],
  [/search.*(phrase|")/, 300],
];
const QUERIES = { 'all of feedmill.feeds': 'select * from feedmill.feeds' };

/** Prints the latency of each query, warm, and whether it is what is aimed at. */
export async function run(): Promise<void> {
  await withDatabase(PORT, async (db, query, url) => {
    const [load = 0] = loadavg();
    console.log(
      `${RECORDS.toLocaleString('en')} records, ${FEEDS.toLocaleString('en')} feeds; ${availableParallelism()} cores, load average ${load.toFixed(1)}`,
    );
    await fillDatabase({ db, query, url, records: RECORDS, feeds: FEEDS }, console.error);
    print(await measureQueries(url, QUERIES));
    print(await measureReaders(url));
    print(await measureReports(db));
    await printCommand('feedmill status', url, 'status');
    await printCommand('feedmill list', url, 'list');
  });
}

function print(figures: Figures): void {
  for (const [label, ms] of Object.entries(figures)) {
    const aim = AIMS_MS.find(([pattern]) => pattern.test(label))?.[1] ?? AIM_MS;
    console.log(`${label.padEnd(64)} ${ms.toFixed(1).padStart(8)} ms${ms > aim ? `   aim: ${aim} ms` : ''}`);
  }
}
