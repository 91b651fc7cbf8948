import { type Command, InvalidArgumentError } from 'commander';
import { EVENT_TYPES } from '../deliveries/event.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext } from './app.js';
import { loadNamedFeed } from './feed-name.js';
import { folderOption, requireFolder } from './folders.js';
import { collect } from './record-options.js';

interface AddOptions {
  events: string[];
  feed?: string[];
  in?: string;
  query?: string;
  secret?: string;
  rate?: number;
  concurrency?: number;
  digest?: number;
  json?: boolean;
}

/** `feedmill deliver add`: adds a receiver. */
export const addDeliverAddCommand = (deliver: Command, context: CliContext) =>
  deliver
    .command('add')
    .description('tell a webhook, or a mail address, of events from now on')
    .argument('<url>', 'the URL of the webhook, or a mail address as mailto:who@example.org')
    .requiredOption('--events <types>', `what it is told of, separated by commas: ${EVENT_TYPES.join(', ')}`, splitWords)
    .option('--feed <feed>', 'only records and troubles of this feed, an id or URL (repeat it for several)', collect)
    .addOption(folderOption('those of the feeds'))
    .option('--query <query>', 'only records that match this full-text query')
    .option('--secret <secret>', 'the key that signs webhooks (whsec_ and Base64); generated if not given')
    .option('--rate <count>', 'the most messages per minute (default: 600)', countUpTo(60_000))
    .option('--concurrency <count>', 'the most requests at the same time (default: 4)', countUpTo(100))
    .option('--digest <minutes>', 'the shortest time between two mails, in minutes (default: 10)', countUpTo(1_440))
    .option('--json', 'print JSON')
    .action((url: string, options: AddOptions) => context.withApp((app) => addDelivery(app, context, url, options)));

const splitWords = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const countUpTo =
  (max: number) =>
  (text: string): number => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${max}.`);
  };

async function addDelivery(app: CliApp, context: CliContext, url: string, options: AddOptions): Promise<void> {
  const { events, feed, in: folder, query, secret, rate, concurrency, digest, json } = options;
  const isMail = /^mailto:/i.test(url);
  if (isMail && !app.canSendMail) throw new UserError('To send mails, set SMTP_URL and MAIL_FROM, here and for feedmill start.');
  const feedIds = feed && (await Promise.all(feed.map(async (name) => (await loadNamedFeed(app, name)).id)));
  if (folder !== undefined) requireFolder(await app.loadFeedSummaries(), folder);
  const limits = { ratePerMinute: rate, concurrency, digestMinutes: digest };
  const added = await app.addDelivery({ url, events, ...present({ feedIds, folder, query, secret, ...limits }) });
  if ('problem' in added) throw new UserError(added.problem, 2);
  if (json) {
    context.out(JSON.stringify(isMail ? { id: added.id } : added));
    return;
  }
  context.out(`Delivery ${added.id} was added.`);
  if (!isMail) context.out(`Its secret, which is not shown again: ${added.secret}`);
  context.out(`To try it: feedmill deliver test ${added.id}`);
}
