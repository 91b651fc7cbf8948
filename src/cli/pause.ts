import type { Command } from 'commander';
import type { CliContext } from './app.js';
import { addFeedChangeOptions, type ChangeOptions, changeFeeds, selectIds } from './change-feeds.js';
import { FEED_NAMES } from './feed-selection.js';

/** `feedmill pause`: stops polling feeds for as long as the user wants. */
export const addPauseCommand = (program: Command, context: CliContext) =>
  addFeedChangeOptions(
    program
      .command('pause')
      .description('stop polling feeds until they are resumed; pages of their articles are still fetched')
      .argument('[feed...]', FEED_NAMES),
  ).action((names: string[], options: ChangeOptions) =>
    context.withApp(async (app) => {
      const ids = await selectIds(app, names, options);
      await changeFeeds(context, { verb: 'Pause', done: 'Paused', make: (trial) => app.pauseFeeds(ids, trial) }, options);
    }),
  );

/** `feedmill resume`: polls paused feeds again. */
export const addResumeCommand = (program: Command, context: CliContext) =>
  addFeedChangeOptions(
    program.command('resume').description('poll paused feeds again, at once').argument('[feed...]', FEED_NAMES),
  ).action((names: string[], options: ChangeOptions) =>
    context.withApp(async (app) => {
      const ids = await selectIds(app, names, options);
      await changeFeeds(context, { verb: 'Resume', done: 'Resumed', make: (trial) => app.resumeFeeds(ids, trial) }, options);
    }),
  );
