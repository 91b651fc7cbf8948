import type { Command } from 'commander';
import type { CliApp, CliContext } from './app.js';
import { addFeedChangeOptions, type ChangeOptions, changeFeeds, countFeeds, selectIds } from './change-feeds.js';
import { confirm } from './confirm.js';
import type { RecordCounts } from './feed-manager.js';
import { FEED_NAMES } from './feed-selection.js';

/** Progress is reported each time that this many more records are deleted. */
const PROGRESS_RECORDS = 5_000;

/** `feedmill remove`: unsubscribes from feeds, with or without their records. */
export const addRemoveCommand = (program: Command, context: CliContext) =>
  addFeedChangeOptions(
    program
      .command('remove')
      .description('unsubscribe from feeds; their records are kept')
      .argument('[feed...]', FEED_NAMES)
      .option('--with-records', 'also delete their records, except those that another feed shows'),
  ).action((names: string[], options: ChangeOptions & { withRecords?: true }) =>
    context.withApp(async (app) => {
      const ids = await selectIds(app, names, options);
      if (options.withRecords) await removeWithRecords(app, context, ids, options);
      else await changeFeeds(context, { verb: 'Remove', done: 'Removed', make: (trial) => app.removeFeeds(ids, trial) }, options);
    }),
  );

/** Always asks, since records that are gone can't be fetched again. */
async function removeWithRecords(
  app: CliApp,
  context: CliContext,
  ids: readonly number[],
  options: ChangeOptions,
): Promise<void> {
  if (ids.length === 0) {
    context.out('Nothing to change.');
    return;
  }
  const counts = await app.countRecords(ids);
  const report = (result: typeof counts, words: string) =>
    context.out(options.json ? JSON.stringify({ feeds: ids.length, ...result }) : words);
  if (options.dryRun) {
    report(counts, `${countFeeds(ids.length)} and ${counts.deleted} records would be deleted, and ${counts.kept} records kept.`);
    return;
  }
  const question = `Delete ${countFeeds(ids.length)} and ${counts.deleted} records${describeKept(counts)}?`;
  await confirm(context, question, options.yes);
  let reported = 0;
  const done = await app.removeFeedsWithRecords(ids, (deleted) => {
    if (deleted - reported < PROGRESS_RECORDS) return;
    reported = deleted;
    context.err(`${deleted} of ${counts.deleted} records deleted`);
  });
  report(done, `Removed ${countFeeds(ids.length)} and ${done.deleted} records${describeKept(done)}.`);
}

const describeKept = ({ kept }: RecordCounts): string => (kept > 0 ? ` (${kept} records that other feeds show are kept)` : '');
