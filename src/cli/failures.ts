import type { Command } from 'commander';
import type { CliContext } from './app.js';
import { parseCount } from './option-values.js';
import { printRows } from './print.js';

/** `feedmill failures`: what could not be fetched or read, and why. */
export const addFailuresCommand = (program: Command, context: CliContext) =>
  program
    .command('failures')
    .description('list the feeds that fail and the articles whose page could not be read, with the reasons')
    .option('--limit <n>', 'how many feeds and how many articles to list', parseCount, 50)
    .option('--json', 'print JSON Lines')
    .action(({ limit, json = false }: { limit: number; json?: boolean }) =>
      context.withApp(async (app) =>
        printRows(context, await app.loadFailures({ limit }), {
          json,
          columns: ['kind', 'id', 'url', 'attempts', 'next_try_at', 'error'],
          empty: 'No failures.',
        }),
      ),
    );
