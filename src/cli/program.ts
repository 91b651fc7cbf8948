import { Argument, Command } from 'commander';
import { addAddCommand } from './add.js';
import type { CliContext, Role } from './app.js';
import { addCheckCommand } from './check.js';
import { addDeliverCommand } from './deliver.js';
import { addExportCommand } from './export.js';
import { addExtractCommand } from './extract.js';
import { addFailuresCommand } from './failures.js';
import { addImportCommand } from './import.js';
import { addInspectCommand } from './inspect.js';
import { addListCommand } from './list.js';
import { addMigrateCommand } from './migrate.js';
import { addMoveCommand } from './move.js';
import { addPauseCommand, addResumeCommand } from './pause.js';
import { addPollCommand } from './poll.js';
import { addRecordsCommand } from './records.js';
import { addReextractCommand } from './reextract.js';
import { addRemoveCommand } from './remove.js';
import { addRetryCommand } from './retry.js';
import { addSearchCommand } from './search.js';
import { addSetCommand } from './set.js';
import { addShowCommand } from './show.js';
import { addStatusCommand } from './status.js';

/** The commands, in the order that `feedmill --help` lists them. Each has a file of its own, except the two below. */
const COMMANDS = [
  addStartCommand,
  addAddCommand,
  addImportCommand,
  addExportCommand,
  addDeliverCommand,
  addInspectCommand,
  addPollCommand,
  addExtractCommand,
  addListCommand,
  addShowCommand,
  addSetCommand,
  addPauseCommand,
  addResumeCommand,
  addMoveCommand,
  addRemoveCommand,
  addRecordsCommand,
  addSearchCommand,
  addFailuresCommand,
  addRetryCommand,
  addReextractCommand,
  addStatusCommand,
  addCheckCommand,
  addMigrateCommand,
  addHealthCommand,
];

/**
 * Builds the command line; `context` gives the commands everything that they do. Its commands throw a `CommanderError` where they
 * would end the process.
 */
export function createProgram(context: CliContext, version: string): Command {
  const program = new Command('feedmill')
    .description('Feedmill turns the feeds of many sites into clean rows in your own Postgres.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(for help: feedmill --help)')
    .configureOutput({ writeOut: (text) => context.out(text.trimEnd()), writeErr: (text) => context.err(text.trimEnd()) });
  for (const addCommand of COMMANDS) addCommand(program, context);
  return program;
}

function addStartCommand(program: Command, context: CliContext) {
  return program
    .command('start')
    .description('run the poller, the feed worker, the article worker, the deliveries, or all of them in one process')
    .addArgument(
      new Argument('[role]', 'what to run').choices(['poller', 'feeds', 'articles', 'deliveries', 'all']).default('all'),
    )
    .option('--no-sampler', 'do not serve the sample sites when there are no feeds')
    .action((role: Role, options: { sampler: boolean }) => context.start(role, options));
}

function addHealthCommand(program: Command, context: CliContext) {
  return program
    .command('health')
    .description('exit with 0 if the worker process on this machine is alive and reaches its database')
    .action(() => context.health());
}
