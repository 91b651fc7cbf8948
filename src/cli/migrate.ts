import type { Command } from 'commander';
import type { CliApp, CliContext } from './app.js';

/** `feedmill migrate`: brings the database schema up to date. */
export const addMigrateCommand = (program: Command, context: CliContext) =>
  program
    .command('migrate')
    .description('bring the database schema up to date (safe to run at any time)')
    .action(() => context.withApp((app) => migrate(app, context), { anySchema: true }));

async function migrate(app: CliApp, context: CliContext): Promise<void> {
  context.out((await app.migrate()) ? 'The database has been brought up to date.' : 'The database is already up to date.');
  const statement = await app.readerStatement();
  if (statement)
    context.out(
      'This database user may not create the read-only role. If you want that role, have an administrator run: ' +
        `${statement} Then run this command again.`,
    );
}
