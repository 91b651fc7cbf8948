import type { Command } from 'commander';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { loadNamedFeed } from './feed-name.js';

/** `feedmill poll`: polls feeds now and processes what is new. */
export const addPollCommand = (program: Command, context: CliContext) =>
  program
    .command('poll')
    .description('poll one feed or all feeds now, ignoring the schedule, and process new articles')
    .argument('[feed]', 'id or URL of the feed (default: all feeds)')
    .option('--json', 'print one JSON object per poll')
    .action((name: string | undefined, { json = false }: { json?: boolean }) =>
      context.withApp((app) => pollFeeds(app, context, name, json)),
    );

async function pollFeeds(app: CliApp, context: CliContext, name: string | undefined, json: boolean): Promise<void> {
  const ids = name === undefined ? undefined : [await findPollable(app, name)];
  const { polls, heldUp } = await app.pollNow(ids, ({ feeds, articles }) =>
    context.err(`remaining: ${feeds} feeds, ${articles} articles`),
  );
  for (const poll of polls) context.out(json ? JSON.stringify(poll) : describePoll(poll));
  for (const feed of heldUp)
    context.err(
      `${String(feed.url)}: not polled, because no requests may be made to its host until ${String(feed.blocked_until)}`,
    );
  const failed = polls.filter((poll) => poll.error !== null);
  if (failed.length + heldUp.length > 0 && failed.length === polls.length)
    throw new UserError('No feed could be polled. For the reasons: feedmill failures');
}

/** @throws {UserError} when the feed is paused or removed */
async function findPollable(app: CliApp, name: string): Promise<number> {
  const { id, url, row } = await loadNamedFeed(app, name);
  if (row.state === 'paused') throw new UserError(`${url} is paused. To poll it again: npx feedmill resume ${id}`);
  if (row.state === 'removed') throw new UserError(`${url} was removed. To subscribe again: npx feedmill add '${url}'`);
  return id;
}

function describePoll({ url, outcome, entries_seen: seen, entries_new: added, entries_left_out: leftOut, error }: Row): string {
  const waiting = Number(leftOut) > 0 ? `, ${String(leftOut)} more wait, since a day may bring no more` : '';
  const result = error === null ? `${String(outcome)}, ${String(seen)} entries, ${String(added)} new${waiting}` : String(error);
  return `${String(url)}: ${result}`;
}
