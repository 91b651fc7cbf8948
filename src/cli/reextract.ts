import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXTRACTOR_VERSION } from '../articles/extractor-version.js';
import type { RecordSelection, RunProgress } from '../jobs/replay-selection.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext } from './app.js';
import { parseCount, parseSince } from './option-values.js';
import { collectSites, findFeedIds } from './record-options.js';
import { tryReextractions } from './reextract-dry-run.js';
import { addReplayOptions, requireSelection } from './replay-options.js';
import { waitForWork } from './wait-for-work.js';

interface Options {
  id?: number[];
  site?: string[];
  host?: string[];
  feed?: string[];
  in?: string;
  since?: Date;
  until?: Date;
  extractorBefore?: number;
  olderExtractor?: boolean;
  all?: boolean;
  refetch?: boolean;
  dryRun?: boolean;
  limit: number;
  follow?: number;
  wait: boolean;
  json?: boolean;
}

type Context = CliContext & { stopping: AbortSignal };

/** `feedmill reextract`: the workers extract stored records again from their kept pages. */
export const addReextractCommand = (program: Command, context: CliContext) =>
  addReplayOptions(
    program
      .command('reextract')
      .description('extract stored records again from their kept pages, with the rules and the extractor of today')
      .option('--site <site>', 'only records of this site, such as example.co.uk (repeat it for several)', collectSites)
      .option('--since <when>', 'only records stored since then: a date, or an age such as 12h or 7d', parseSince)
      .option('--until <when>', 'only records stored before then', parseSince)
      .option('--extractor-before <n>', 'only records that an older version of the extractor made than this one', parseVersion)
      .addOption(
        new Option('--older-extractor', 'only records that an older version made than the present one').conflicts(
          'extractorBefore',
        ),
      )
      .option('--refetch', 'fetch pages again that are no longer kept, each at the turn of its host')
      .option('--dry-run', 'change nothing; show what would change')
      .option('--limit <n>', 'with --dry-run: how many changed records to show', parseCount, 20)
      .option('--follow <run>', 'show how far a run is that was asked for before', parseCount),
    'records',
  ).action((options: Options) =>
    context.withApp((app, stopping) => runReextract(app, options, { ...context, stopping }), { stopsInOrder: true }),
  );

async function runReextract(app: CliApp, options: Options, context: Context): Promise<void> {
  if (options.follow !== undefined) return follow(app, options.follow, {}, options, context);
  const selection = await toSelection(app, options);
  requireSelection(options, selection, '--site, --host, --feed, --folder, --since, --id, --older-extractor');
  const selected = await app.countSelected(selection);
  if (selected === 0) return context.out(options.json ? JSON.stringify({ selected }) : 'No records match.');
  context.err(selected === 1 ? '1 record is selected.' : `${selected} records are selected.`);
  if (options.dryRun) return tryReextractions(app, selection, { ...options, selected }, context);

  const asked = await ask(app, selection, options, context.stopping);
  if (asked.leftOut > 0)
    context.err(`${asked.leftOut} are left out: their pages are no longer kept. To fetch them again: --refetch`);
  if (asked.refetched > 0)
    context.err(`${asked.refetched} pages are fetched again, each at the turn of its host. This does not wait for them.`);
  await follow(app, asked.run, { selected, ...asked }, options, context);
}

async function toSelection(app: CliApp, options: Options): Promise<RecordSelection> {
  const { id: ids, site: sites, host: hosts, since, until, olderExtractor } = options;
  const feedIds = await findFeedIds(app, options);
  const extractorBefore = olderExtractor ? EXTRACTOR_VERSION : options.extractorBefore;
  return present({ ids, sites, hosts, feedIds, since, until, extractorBefore });
}

/** Asks for all selected records in one run. @throws {UserError} when the process is told to stop before that */
async function ask(app: CliApp, selection: RecordSelection, { refetch = false }: Options, stopping: AbortSignal) {
  const sum = { run: 0, marked: 0, refetched: 0, leftOut: 0 };
  for await (const ids of app.readRecordIds(selection)) {
    if (stopping.aborted) throw new UserError(`Only ${sum.marked} records were asked for. Ask again for the others.`, 130);
    const { run, marked, refetched, leftOut } = await app.reextractRecords(ids, {
      refetch,
      ...(sum.run > 0 && { run: sum.run }),
    });
    sum.run = run;
    sum.marked += marked;
    sum.refetched += refetched;
    sum.leftOut += leftOut;
  }
  return sum;
}

/** Waits for a run, unless told not to, and prints how it ended. */
async function follow(
  app: CliApp,
  run: number,
  asked: object,
  { wait, json, follow: followed }: Options,
  context: Context,
): Promise<void> {
  const again = `To see how far it is: feedmill reextract --follow ${run}`;
  if (wait) {
    const look = async () => {
      const progress = await app.loadRunProgress(run);
      return { left: progress.waiting, line: describe(progress) };
    };
    await waitForWork(context, look, { stopping: context.stopping, goesOn: `Run ${run} goes on. ${again}` });
  }
  const progress = await app.loadRunProgress(run);
  if (followed !== undefined && Object.values(progress).every((records) => records === 0))
    throw new UserError(`There is no run ${run}, or its records were asked for again since then.`);
  const reasons = await app.loadRunReasons(run);
  if (json) return context.out(JSON.stringify({ run, ...asked, ...progress, reasons }));
  context.out(`Run ${run}: ${describe(progress)}.`);
  for (const { reason, records } of reasons) context.out(`  ${records}: ${reason}`);
  if (progress.waiting > 0) context.out(again);
}

const describe = ({ waiting, changed, unchanged, kept, fault }: RunProgress): string =>
  [
    `${changed} changed`,
    `${unchanged} unchanged`,
    ...(kept > 0 ? [`${kept} kept as they were`] : []),
    ...(fault > 0 ? [`${fault} failed because of a bug in Feedmill`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ].join(', ');

/** Parses a version of the extractor. */
function parseVersion(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`Expected a version of the extractor, such as ${EXTRACTOR_VERSION}, the present one.`);
}
