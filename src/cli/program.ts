import { Argument, Command } from 'commander';
import { add } from './add.js';
import type { CliContext, Role } from './app.js';
import { exportRecordsOrFeeds } from './export.js';
import { extract } from './extract.js';
import { importOpml } from './import.js';
import { inspect } from './inspect.js';
import { listings } from './listings.js';
import { poll } from './poll.js';

/** The command line: what there is to say, and which file says it. */
export function createProgram(context: CliContext, version: string): Command {
  const program = new Command('feedmill')
    .description('The news of many sites as clean rows in your own Postgres.')
    .version(version)
    .showHelpAfterError('(see: feedmill --help)')
    .configureOutput({ writeOut: (text) => context.out(text.trimEnd()), writeErr: (text) => context.err(text.trimEnd()) });

  program
    .command('start')
    .description('run the poller, the feed worker, the article worker, or all in one process')
    .addArgument(new Argument('[role]', 'what to run').choices(['poller', 'feeds', 'articles', 'all']).default('all'))
    .option('--no-sampler', 'do not serve the sampler when no feed is subscribed')
    .action((role: Role, options: { sampler: boolean }) => context.start(role, options));
  add(program, context);
  importOpml(program, context);
  exportRecordsOrFeeds(program, context);
  inspect(program, context);
  poll(program, context);
  extract(program, context);
  listings(program, context);
  program
    .command('migrate')
    .description('bring the database up to date; safe to run at any time')
    .action(() =>
      context.withApp(
        async (app) => {
          context.out((await app.migrate()) ? 'The database was brought up to date.' : 'The database is up to date.');
          const statement = await app.readerStatement();
          if (statement)
            context.out(
              `This user may not create the role for readers. To have it, let one who may run: ${statement} Then run this again.`,
            );
        },
        { anySchema: true },
      ),
    );
  program
    .command('health')
    .description('exit 0 when the worker process here is alive and reaches its database (for health checks)')
    .action(() => context.health());
  return program;
}
