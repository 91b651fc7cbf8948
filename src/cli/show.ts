import type { Command } from 'commander';
import type { CliContext } from './app.js';
import { addShowFeedCommand } from './show-feed.js';

/** `feedmill show`: everything about one thing. Each kind of thing has a file of its own. */
export function addShowCommand(program: Command, context: CliContext): void {
  const show = program.command('show').description('show all there is to know about a feed');
  addShowFeedCommand(show, context);
}
