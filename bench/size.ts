import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { UserError } from '../src/user-error.js';
import { withDatabase } from './database.js';
import { DAYS } from './size/corpus.js';
import { countFeeds, fillDatabase } from './size/fill.js';
import { type Figures, measureReaders, measureReports, measureRetention, measureSizes, measureWork } from './size/measure.js';
import { extrapolate, type Figure, findExponent, formatTable } from './size/table.js';

const SIZES = [10_000, 1_000_000];
const LONG = 10_000_000;
const PORT = 56_300;
/** Smallest size: below it, a day has too few records to measure. */
const LEAST = 2_000;

const HELP = `Usage: npm run bench -- size [options]

Fills databases of several sizes with records of real lengths and prints what a record costs: bytes, storing, indexing, claims,
retention, and the latency of every query in docs/sql.md; how each figure grows, and what it becomes at 100 million records.

  --records N,N   the sizes, in records (default: ${SIZES.join(',')})
  --long          also ${LONG}: some hours, and about 150 GB in BENCH_FOLDER
  --json          print JSON instead of a table
  --help          print this`;

/** What is measured at one size, by group. */
type Measured = Record<string, Figures>;

/** Prints one table of what a record costs at each size. */
export async function run(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      records: { type: 'string' },
      long: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const sizes = readSizes(values.records, values.long);
  const [load = 0] = loadavg();
  const measured: Measured[] = [];
  for (const size of sizes) measured.push(await measureSize(size));
  const figures = toFigures(measured);
  if (values.json) console.log(JSON.stringify({ sizes, figures: figures.map((figure) => addGrowth(sizes, figure)) }));
  else console.log(`${describe(sizes, load)}\n\n${formatTable(sizes, figures)}`);
}

/** @throws when the argument is not a list of sizes, ascending */
function readSizes(text: string | undefined, long: boolean): number[] {
  const sizes = text === undefined ? [...SIZES, ...(long ? [LONG] : [])] : text.split(',').map(Number);
  if (sizes.some((size, n) => !Number.isInteger(size) || size < LEAST || size <= (sizes[n - 1] ?? 0)))
    throw new UserError(`--records takes whole numbers from ${LEAST} on, ascending, separated by commas, not ${text}`, 2);
  return sizes;
}

async function measureSize(records: number): Promise<Measured> {
  const report = (line: string) => console.error(`${records.toLocaleString('en')}: ${line}`);
  const measured: Measured = {};
  // What was measured is told at once: a large run takes hours, and its end may fail.
  const keep = (group: string, figures: Figures) => {
    measured[group] = { ...measured[group], ...figures };
    report(`${group}: ${JSON.stringify(figures)}`);
  };
  await withDatabase(PORT, async (db, query, url) => {
    // A crash would only lose the benchmark. Checkpoints at the default of 1 GB would take half of the time.
    for (const setting of ["synchronous_commit = 'off'", "max_wal_size = '8GB'"]) await query(`alter system set ${setting}`);
    await query('select pg_reload_conf()');
    await fillDatabase({ db, query, url, records, feeds: countFeeds(records) }, report);
    keep('bytes a record', await measureSizes(query, records));
    for (const setting of ['synchronous_commit', 'max_wal_size']) await query(`alter system reset ${setting}`);
    await query('select pg_reload_conf()');
    keep('ms of a query', await measureReaders(url));
    keep('ms of a query', await measureReports(db));
    keep('ms of work', await measureWork(db, records));
    keep('ms of work', await measureRetention(db));
  });
  return measured;
}

function toFigures(measured: readonly Measured[]): Figure[] {
  return Object.keys(measured.at(-1) ?? {}).flatMap((group) => {
    const names = new Set(measured.toReversed().flatMap((one) => Object.keys(one[group] ?? {})));
    return [...names].map((name) => ({ group, name, values: measured.map((one) => one[group]?.[name] ?? Number.NaN) }));
  });
}

const addGrowth = (sizes: readonly number[], figure: Figure) => ({
  ...figure,
  exponent: findExponent(sizes, figure.values),
  extrapolated: extrapolate(sizes, figure.values),
});

/** @param load processes that wanted a core before the benchmark began */
const describe = (sizes: readonly number[], load: number): string =>
  `Records over ${DAYS} days in ${sizes.map((size) => countFeeds(size).toLocaleString('en')).join(', ')} feeds, on ` +
  `${availableParallelism()} cores (load average before: ${load.toFixed(1)}), with the settings of the embedded Postgres. Growth: the factor for ten times as many records, ` +
  'by the power law through the last two sizes; the last column continues it.';
