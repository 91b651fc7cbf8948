import type { Command } from 'commander';
import { readOpml } from '../feeds/opml.js';
import type { ContentPolicy } from '../jobs/subscribed-feed.js';
import { decode } from '../text/decode.js';
import { UserError } from '../user-error.js';
import { contentPolicy } from './add.js';
import type { CliContext } from './app.js';
import { readInput } from './input.js';
import { newFeed } from './subscribe.js';

/** Feeds added in one transaction. */
const BATCH = 1_000;

export const importOpml = (program: Command, context: CliContext) =>
  program
    .command('import')
    .description('subscribe to the feeds of an OPML file; those known already stay as they are')
    .argument('<file>', 'the OPML file, or - for the standard input')
    .option('--content <page|feed>', "what to keep of an entry: its page, or the feed's own content", contentPolicy, 'page')
    .option('--json', 'one JSON object a feed that was added', false)
    .action(async (file: string, { content, json }: { content: ContentPolicy; json: boolean }) => {
      const bytes = await readInput(file);
      const source = file === '-' ? 'the standard input' : file;
      if (!bytes) throw new UserError(`There is no file ${file}.`);
      const opml = readOpml(decode(bytes, '', 'xml').text);
      if (opml.kind === 'not-opml') throw new UserError(`${source} is no OPML file: ${opml.reason}`);
      const problems = [...opml.problems];
      for (const feed of opml.duplicates) context.err(`${feed}: it stands there more than once, and counts once`);
      const feeds = opml.feeds.map(({ url, title, folder }) => ({
        ...newFeed(url, { content }, title),
        ...(folder ? { folder } : {}),
      }));
      const added = await context.withApp(async (app) => {
        const result = [];
        for (let i = 0; i < feeds.length; i += BATCH) {
          result.push(...(await app.addFeeds(feeds.slice(i, i + BATCH))));
          if (feeds.length > BATCH && process.stderr.isTTY)
            context.err(`${Math.min(i + BATCH, feeds.length)} of ${feeds.length} feeds`);
        }
        return result;
      });
      if (json) for (const feed of added) context.out(JSON.stringify(feed));
      else
        context.out(
          `${added.length} ${added.length === 1 ? 'feed' : 'feeds'} added, ${feeds.length - added.length} known already.`,
        );
      if (problems.length > 0)
        throw new UserError(
          `${problems.length} ${problems.length === 1 ? 'outline' : 'outlines'} of ${source} could not be used:\n${problems.join('\n')}`,
        );
    });
