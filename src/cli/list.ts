import type { Command } from 'commander';
import { redactCredentials } from '../web/credentials.js';
import type { CliApp, CliContext, Row } from './app.js';
import { loadNamedFeed } from './feed-name.js';
import { addSelectionOptions, FEED_NAMES, loadSelectedFeeds, type SelectionOptions } from './feed-selection.js';
import { printBatches } from './print-records.js';

interface Options extends SelectionOptions {
  json?: boolean;
  why?: string;
}

/** `feedmill list`: the subscribed feeds, or why one of them is due when it is. */
export const addListCommand = (program: Command, context: CliContext) =>
  addSelectionOptions(
    program
      .command('list')
      .description('list the feeds that you are subscribed to, or some of them')
      .argument('[feed...]', FEED_NAMES)
      .option('--json', 'print JSON Lines')
      .option('--why <feed>', 'explain when this feed (an id or URL) is polled next'),
  ).action((names: string[], { json = false, why, ...selection }: Options) =>
    context.withApp((app) =>
      why === undefined ? listFeeds(app, context, names, { json, selection }) : explainNextPoll(app, context, why, json),
    ),
  );

async function listFeeds(
  app: CliApp,
  context: CliContext,
  names: readonly string[],
  { json, selection }: { json: boolean; selection: SelectionOptions },
): Promise<void> {
  const isAll = names.length === 0 && Object.keys(selection).length === 0;
  const ids = isAll ? undefined : (await loadSelectedFeeds(app, names, { ...selection, all: true })).map(({ id }) => id);
  const batches = app.readFeeds(ids);
  const count = json ? await printJson(context, batches) : await printBatches(context, batches, TABLE);
  if (count === 0 && !json) context.out(isAll ? 'No feeds yet. To subscribe to one: npx feedmill add URL' : 'No such feeds.');
}

const TABLE = {
  format: 'table',
  columns: ['id', 'title', 'url', 'records', 'state', 'next_poll_at', 'last_error'],
  exact: false,
} as const;

/** Prints JSON Lines no faster than the reader takes them, without the passwords that addresses may contain. */
async function printJson({ write }: CliContext, batches: AsyncIterable<readonly Row[]>): Promise<number> {
  let count = 0;
  for await (const rows of batches) {
    await write(rows.map((row) => `${redactCredentials(JSON.stringify(row))}\n`).join(''));
    count += rows.length;
  }
  return count;
}

async function explainNextPoll(app: CliApp, context: CliContext, name: string, json: boolean): Promise<void> {
  const { id, url, row } = await loadNamedFeed(app, name);
  const reasons = Array.isArray(row.due_reasons) ? row.due_reasons.map(String) : [];
  if (json) {
    context.out(JSON.stringify({ id, url: row.url, next_poll_at: row.next_poll_at, due_reasons: reasons }));
    return;
  }
  context.out(row.next_poll_at ? `${url} is due at ${String(row.next_poll_at)}:` : describeIdleFeed(row));
  const unpolled = row.polled_at ? [] : ['it has not been polled yet'];
  for (const reason of reasons.length > 0 ? reasons : unpolled) context.out(`  - ${reason}`);
  if (row.moved_to)
    context.out(
      `  It redirects permanently to ${String(row.moved_to)}. Feedmill adopts that URL once the redirect has held for a day.`,
    );
}

/** Why a feed is not polled at all, and what to do to have it polled. */
function describeIdleFeed({ id, url, state }: Row): string {
  if (state === 'paused') return `${String(url)} is paused. To poll it again: npx feedmill resume ${String(id)}`;
  return `${String(url)} is ${String(state)} and no longer polled. To poll it again: npx feedmill add '${String(url)}'`;
}
