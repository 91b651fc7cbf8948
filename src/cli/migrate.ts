import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CliApp, CliContext } from './app.js';

/** Interval between lines of progress, in ms. */
const PROGRESS_MS = 2_000;
/** Pause before the next look when another process runs the data migration, in ms. */
const BUSY_MS = 500;

/** `feedmill migrate`: brings the database schema up to date. */
export const addMigrateCommand = (program: Command, context: CliContext) =>
  program
    .command('migrate')
    .description('bring the database schema up to date (safe to run at any time)')
    .option('--wait', 'also run the data migrations to their end, which the poller would run in the background')
    .action((options: { wait?: true }) => context.withApp((app) => migrate(app, context, options), { anySchema: true }));

async function migrate(app: CliApp, context: CliContext, { wait }: { wait?: true }): Promise<void> {
  context.out((await app.migrate()) ? 'The database has been brought up to date.' : 'The database is already up to date.');
  const statement = await app.readerStatement();
  if (statement)
    context.out(
      'This database user may not create the read-only role. If you want that role, have an administrator run: ' +
        `${statement} Then run this command again.`,
    );
  if (wait) await finishBackfills(app, context);
  else for (const backfill of await app.listBackfills()) context.out(`Data migration ${describe(backfill)}; the poller runs it.`);
}

/** Runs the data migrations. Interrupted, they go on where they were: at the next call, or in the poller. */
async function finishBackfills(app: CliApp, { err }: CliContext): Promise<void> {
  let saidAt = Number.NEGATIVE_INFINITY;
  while ((await app.listBackfills()).length > 0) {
    const progress = await app.runBackfillBatch();
    if (!progress) await pause(BUSY_MS);
    else if (progress.last > 0 && (progress.position >= progress.last || performance.now() - saidAt >= PROGRESS_MS)) {
      saidAt = performance.now();
      err(`Data migration ${describe(progress)}`);
    }
  }
}

const describe = ({ name, position, last }: { name: string; position: number; last: number }) =>
  `${name}: ${last === 0 ? 'not begun' : `${Math.floor((position / last) * 100)} %, ${position} of ${last} rows`}`;
