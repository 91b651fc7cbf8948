import type { Command } from 'commander';
import type { FailureSelection } from '../jobs/replay-selection.js';
import { present } from '../text/present.js';
import type { CliApp, CliContext } from './app.js';
import { parseSince } from './option-values.js';
import { collect, findFeedIds } from './record-options.js';
import { addReplayOptions, requireSelection } from './replay-options.js';
import { waitForWork } from './wait-for-work.js';

interface Options {
  id?: number[];
  kind?: string[];
  host?: string[];
  feed?: string[];
  in?: string;
  since?: Date;
  all?: boolean;
  dryRun?: boolean;
  wait: boolean;
  json?: boolean;
}

/** `feedmill retry`: failed articles are fetched again. */
export const addRetryCommand = (program: Command, context: CliContext) =>
  addReplayOptions(
    program
      .command('retry')
      .description('try articles again whose page could not be read, each at the turn of its host')
      .option(
        '--kind <kind>',
        'only failures of this kind, as in feedmill.failures, such as missing (repeat it for several)',
        collect,
      )
      .option('--since <when>', 'only articles that were tried since then: a date, or an age such as 12h or 7d', parseSince)
      .option('--dry-run', 'only say how many there are'),
    'articles',
  ).action((options: Options) =>
    context.withApp((app, stopping) => retry(app, options, { ...context, stopping }), { stopsInOrder: true }),
  );

async function retry(app: CliApp, options: Options, context: CliContext & { stopping: AbortSignal }): Promise<void> {
  const { id: ids, kind: kinds, host: hosts, since } = options;
  const feedIds = await findFeedIds(app, options);
  const selection: FailureSelection = present({ ids, kinds, hosts, feedIds, since });
  requireSelection(options, selection, '--kind, --host, --feed, --folder, --since, --id');
  const kindCounts = await app.countFailures(selection);
  const selected = kindCounts.reduce((sum, { articles }) => sum + articles, 0);
  const print = (result: object, text: string) => context.out(options.json ? JSON.stringify({ selected, ...result }) : text);
  const kindText = kindCounts.map(({ kind, articles }) => `${articles} ${kind}`).join(', ');
  const found = selected === 0 ? 'No failed articles match.' : `${selected} failed articles: ${kindText}.`;
  if (options.dryRun || selected === 0) return print({ kinds: kindCounts }, found);
  context.err(found);

  const since0 = await app.readDatabaseTime();
  const { asked, retried } = await ask(app, selection, context.stopping);
  const left = `${selected - retried} are being tried already`;
  context.err(`${retried} articles are due${retried < selected ? `; ${left}` : ''}. Each waits for the turn of its host.`);
  if (!options.wait) return print({ retried }, `${retried} articles are tried again. What fails: feedmill failures`);
  await waitForRetries(app, asked, since0, context);
  const results = await sumResults(app, asked);
  const { solved, later, failed } = results;
  print({ retried, ...results }, `${solved} solved, ${failed} failed again, ${later} failed and are tried again later.`);
}

/** Batches of ids, each of which one statement takes. */
interface AskedArticles {
  asked: number[][];
  retried: number;
}

async function ask(app: CliApp, selection: FailureSelection, stopping: AbortSignal): Promise<AskedArticles> {
  const done: AskedArticles = { asked: [], retried: 0 };
  for await (const ids of app.readFailureIds(selection)) {
    if (stopping.aborted) break;
    done.retried += await app.retryArticles(ids);
    done.asked.push(ids);
  }
  return done;
}

async function waitForRetries(
  app: CliApp,
  asked: readonly number[][],
  since: Date,
  context: CliContext & { stopping: AbortSignal },
): Promise<void> {
  const total = asked.flat().length;
  let waiting = [...asked];
  const look = async () => {
    // What was tried is not looked at again.
    const left = await Promise.all(waiting.map((ids) => app.findUntried(ids, since)));
    waiting = left.filter((ids) => ids.length > 0);
    const count = waiting.flat().length;
    return { left: count, line: `${total - count} of ${total} articles were tried` };
  };
  const goesOn = 'The articles are still due, and are tried at their hosts’ turns. What fails: feedmill failures';
  await waitForWork(context, look, { stopping: context.stopping, goesOn });
}

async function sumResults(app: CliApp, asked: readonly number[][]) {
  const sum = { solved: 0, later: 0, failed: 0 };
  for (const ids of asked) {
    const { solved, later, failed } = await app.loadRetryResults(ids);
    sum.solved += solved;
    sum.later += later;
    sum.failed += failed;
  }
  return sum;
}
