import { type Command, InvalidArgumentError } from 'commander';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, FeedName } from './app.js';
import { printRows } from './print.js';

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError('It is a whole number from 1 to 1000000.');
  return value;
};

/** A feed by its id or its address, as people type it. @throws {UserError} when there is none. */
export async function findFeed(app: CliApp, text: string) {
  const name: FeedName = /^\d{1,15}$/.test(text) ? { id: Number(text) } : { url: text };
  const feed = await app.findFeed(name);
  if (!feed) throw new UserError(`There is no feed ${text}. See: feedmill list`);
  return { id: Number(feed.id), url: String(feed.url) };
}

async function explain(app: CliApp, context: CliContext, name: string, json: boolean): Promise<void> {
  const { id } = await findFeed(app, name);
  const feed = await app.findFeed({ id });
  if (!feed) throw new UserError(`There is no feed ${name}. See: feedmill list`);
  const reasons = Array.isArray(feed.due_reasons) ? feed.due_reasons.map(String) : [];
  if (json) {
    context.out(JSON.stringify({ id, url: feed.url, next_poll_at: feed.next_poll_at, due_reasons: reasons }));
    return;
  }
  context.out(
    feed.next_poll_at
      ? `${String(feed.url)} is due at ${String(feed.next_poll_at)}:`
      : `${String(feed.url)} is retired and polled no more; to poll it again: feedmill add ${String(feed.url)}`,
  );
  for (const reason of reasons.length > 0 ? reasons : ['it has not been polled yet']) context.out(`  - ${reason}`);
  if (feed.moved_to)
    context.out(`  It redirects for good to ${String(feed.moved_to)}, which is adopted once that has held for a day.`);
}

/** The commands that only read. */
export function listings(program: Command, context: CliContext): void {
  program
    .command('list')
    .description('the feeds you are subscribed to')
    .option('--json', 'JSON Lines', false)
    .option('--why <feed>', 'why this one (its id or address) is due when it is')
    .action(({ json, why }: { json: boolean; why?: string }) =>
      context.withApp(async (app) => {
        if (why !== undefined) return explain(app, context, why, json);
        const feeds = await app.listFeeds();
        printRows(context, json ? feeds : feeds.map((feed) => ({ ...feed, next_poll_at: feed.next_poll_at ?? 'retired' })), {
          json,
          columns: ['id', 'title', 'url', 'records', 'next_poll_at', 'last_error'],
          empty: 'No feeds yet. Add one: feedmill add URL',
        });
      }),
    );

  program
    .command('records')
    .description('the newest records')
    .option('--limit <n>', 'so many', count, 20)
    .option('--feed <feed>', 'of this feed alone: its id or address')
    .option('--json', "JSON Lines with the view's columns", false)
    .action(({ limit, feed, json }: { limit: number; feed?: string; json: boolean }) =>
      context.withApp(async (app) => {
        const of = feed === undefined ? {} : { feedId: (await findFeed(app, feed)).id };
        printRows(context, await app.records({ limit, ...of }), {
          json,
          columns: ['id', 'published_at', 'site_name', 'title', 'word_count', 'content_source'],
          empty: 'No records yet. Is a worker running? Start one: feedmill start',
        });
      }),
    );

  program
    .command('failures')
    .description('feeds that fail, and articles that ended without their page, and why')
    .option('--limit <n>', 'so many of each', count, 50)
    .option('--json', 'JSON Lines', false)
    .action(({ limit, json }: { limit: number; json: boolean }) =>
      context.withApp(async (app) =>
        printRows(context, await app.failures({ limit }), {
          json,
          columns: ['kind', 'id', 'url', 'attempts', 'next_try_at', 'error'],
          empty: 'Nothing failed.',
        }),
      ),
    );

  program
    .command('status')
    .description('how many feeds and records there are, and what is to be done')
    .option('--json', 'one JSON object', false)
    .action(({ json }: { json: boolean }) =>
      context.withApp(async (app) => {
        const status = await app.status();
        if (json) context.out(JSON.stringify(status));
        else {
          const { outage_since: outage, ...counts } = status;
          for (const [name, value] of Object.entries(counts)) context.out(`${name.padEnd(8)} ${String(value)}`);
          if (outage)
            context.out(
              `Most sites cannot be reached since ${String(outage)}: the fault is on our side, and counts against no feed.`,
            );
        }
      }),
    );
}
