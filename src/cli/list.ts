import type { Command } from 'commander';
import type { CliApp, CliContext } from './app.js';
import { loadNamedFeed } from './feed-name.js';
import { printRows } from './print.js';

/** `feedmill list`: the subscribed feeds, or why one of them is due when it is. */
export const addListCommand = (program: Command, context: CliContext) =>
  program
    .command('list')
    .description('list the feeds that you are subscribed to')
    .option('--json', 'print JSON Lines')
    .option('--why <feed>', 'explain when this feed (an id or URL) is polled next')
    .action(({ json = false, why }: { json?: boolean; why?: string }) =>
      context.withApp((app) => (why === undefined ? listFeeds(app, context, json) : explainNextPoll(app, context, why, json))),
    );

async function listFeeds(app: CliApp, context: CliContext, json: boolean): Promise<void> {
  const feeds = await app.listFeeds();
  printRows(context, json ? feeds : feeds.map((feed) => ({ ...feed, next_poll_at: feed.next_poll_at ?? 'retired' })), {
    json,
    columns: ['id', 'title', 'url', 'records', 'next_poll_at', 'last_error'],
    empty: 'No feeds yet. To subscribe to one: npx feedmill add URL',
  });
}

async function explainNextPoll(app: CliApp, context: CliContext, name: string, json: boolean): Promise<void> {
  const { id, url, row } = await loadNamedFeed(app, name);
  const reasons = Array.isArray(row.due_reasons) ? row.due_reasons.map(String) : [];
  if (json) {
    context.out(JSON.stringify({ id, url: row.url, next_poll_at: row.next_poll_at, due_reasons: reasons }));
    return;
  }
  context.out(
    row.next_poll_at
      ? `${url} is due at ${String(row.next_poll_at)}:`
      : `${url} is retired and no longer polled. To poll it again: npx feedmill add '${url}'`,
  );
  for (const reason of reasons.length > 0 ? reasons : ['it has not been polled yet']) context.out(`  - ${reason}`);
  if (row.moved_to)
    context.out(
      `  It redirects permanently to ${String(row.moved_to)}. Feedmill adopts that URL once the redirect has held for a day.`,
    );
}
