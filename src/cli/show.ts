import type { Command } from 'commander';
import type { CliContext } from './app.js';
import { addShowFeedCommand } from './show-feed.js';
import { addShowRecordCommand } from './show-record.js';

/** `feedmill show`: everything about one thing. Each kind of thing has a file of its own. */
export function addShowCommand(program: Command, context: CliContext): void {
  const show = program.command('show').description('show a feed, or read a record');
  addShowFeedCommand(show, context);
  addShowRecordCommand(show, context);
}
