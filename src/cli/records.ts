import type { Command } from 'commander';
import { present } from '../text/present.js';
import type { CliContext } from './app.js';
import { loadNamedFeed } from './feed-name.js';
import { parseCount } from './option-values.js';
import { printRows } from './print.js';

/** `feedmill records`: the newest records. */
export const addRecordsCommand = (program: Command, context: CliContext) =>
  program
    .command('records')
    .description('list the newest records')
    .option('--limit <n>', 'how many records to list', parseCount, 20)
    .option('--feed <feed>', 'only records of this feed (an id or URL)')
    .option('--json', 'print JSON Lines with all columns of the view feedmill.records')
    .action(({ limit, feed, json = false }: { limit: number; feed?: string; json?: boolean }) =>
      context.withApp(async (app) => {
        const feedId = feed === undefined ? undefined : (await loadNamedFeed(app, feed)).id;
        printRows(context, await app.loadRecords({ limit, ...present({ feedId }) }), {
          json,
          columns: ['id', 'published_at', 'site_name', 'title', 'word_count', 'content_source'],
          empty: 'No records yet. If no worker is running, start one: feedmill start',
        });
      }),
    );
