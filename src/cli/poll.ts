import type { Command } from 'commander';
import { UserError } from '../user-error.js';
import type { CliContext, Row } from './app.js';
import { findFeed } from './listings.js';

export const poll = (program: Command, context: CliContext) =>
  program
    .command('poll')
    .description('poll a feed now (or all of them) and process what is new, without waiting for the schedule')
    .argument('[feed]', 'its id or address')
    .option('--json', 'one JSON object a poll', false)
    .action((name: string | undefined, { json }: { json: boolean }) =>
      context.withApp(async (app) => {
        const ids = name === undefined ? undefined : [(await findFeed(app, name)).id];
        const { polls, heldUp } = await app.pollNow(ids, ({ feeds, articles }) =>
          context.err(`still to do: ${feeds} feeds, ${articles} articles`),
        );
        for (const row of polls) context.out(json ? JSON.stringify(row) : sentence(row));
        for (const row of heldUp)
          context.err(`${String(row.url)}: not polled; its site has to be left alone until ${String(row.blocked_until)}`);
        const failed = polls.filter((row) => row.error !== null);
        if (failed.length + heldUp.length > 0 && failed.length === polls.length)
          throw new UserError('No feed could be polled. See: feedmill failures');
      }),
    );

const sentence = (row: Row) =>
  `${String(row.url)}: ${row.error === null ? `${String(row.outcome)}, ${String(row.entries_seen)} entries, ${String(row.entries_new)} new` : String(row.error)}`;
