import type { Command } from 'commander';
import type { CliApp, CliContext } from './app.js';
import { addChangeOptions, type ChangeOptions, changeFeeds } from './change-feeds.js';
import { requireFolder } from './folders.js';

/** `feedmill move`: renames or moves a folder with all that is in it. */
export const addMoveCommand = (program: Command, context: CliContext) =>
  addChangeOptions(
    program
      .command('move')
      .description('rename or move a folder, with all feeds and folders in it')
      .argument('<folder>', 'its name; names of nested folders are joined by " / "')
      .argument('<to>', 'its new name; an empty name is the top level'),
  ).action((from: string, to: string, options: ChangeOptions) =>
    context.withApp((app) => moveFolder(app, context, { from, to }, options)),
  );

async function moveFolder(
  app: CliApp,
  context: CliContext,
  { from, to }: { from: string; to: string },
  options: ChangeOptions,
): Promise<void> {
  if ((await app.moveFolder(from, to, 'trial')).length === 0) requireFolder(await app.loadFeedSummaries(), from);
  await changeFeeds(context, { verb: 'Move', done: 'Moved', make: (trial) => app.moveFolder(from, to, trial) }, options);
}
