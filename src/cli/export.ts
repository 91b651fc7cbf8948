import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { writeOpml } from '../feeds/opml.js';
import { bareUrls } from '../web/canonical-url.js';
import type { CliContext } from './app.js';
import { UserError } from './user-error.js';

/** `feedmill export`: what is here, for other programs. */
export const exportFeeds = (program: Command, context: CliContext) =>
  program
    .command('export')
    .description('write your subscriptions, in their folders, as OPML')
    .addOption(new Option('--format <format>', 'what to write').choices(['opml']).default('opml'))
    .option('--out <file>', 'into this file instead of to the terminal')
    .action(({ out }: { out?: string }) =>
      context.withApp(async (app) => {
        const feeds = (await app.listFeeds()).map(({ url, title, folder }) => ({
          url: bareUrls(String(url)),
          ...(title ? { title: String(title) } : {}),
          ...(folder ? { folder: String(folder) } : {}),
        }));
        const opml = writeOpml(feeds);
        if (out === undefined) context.out(opml.trimEnd());
        else {
          await writeFile(out, opml).catch((cause: unknown) => {
            throw new UserError(`${out} can't be written.`, 1, { cause });
          });
          context.out(`${feeds.length} ${feeds.length === 1 ? 'feed' : 'feeds'} written to ${out}.`);
        }
      }),
    );
