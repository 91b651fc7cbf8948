import { type Command, InvalidArgumentError } from 'commander';
import { parseFeedAddress } from '../feeds/discover.js';
import type { ContentPolicy, NewFeed } from '../jobs/subscribed-feed.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext } from './app.js';
import { checkFeed, newFeed, type SubscribeOptions } from './subscribe.js';

interface Options {
  content: ContentPolicy;
  every?: number;
  check: boolean;
  first: boolean;
  all: boolean;
  ignoreRobots: boolean;
  json: boolean;
}

export const contentPolicy = (text: string): ContentPolicy => {
  if (text === 'page' || text === 'feed') return text;
  throw new InvalidArgumentError('It is "page" (fetch each article\'s page) or "feed" (keep what the feed itself says).');
};

const minutes = (text: string): number => {
  const value = Number(text);
  if (!(value >= 1 && value <= 35_000)) throw new InvalidArgumentError('It is a number of minutes, from 1 to 35000 (24 days).');
  return Math.round(value * 60_000);
};

export const add = (program: Command, context: CliContext) =>
  program
    .command('add')
    .description('subscribe to feeds; the address of a site will do where its page names a feed')
    .argument('<url...>', 'addresses of feeds or sites')
    .option('--content <page|feed>', "what to keep of an entry: its page, or the feed's own content", contentPolicy, 'page')
    .option('--every <minutes>', 'poll so often, instead of as often as the feed suggests', minutes)
    .option('--no-check', 'subscribe without looking whether there is a feed')
    .option('--first', 'of a page with several feeds, the first', false)
    .option('--all', 'of a page with several feeds, all', false)
    .option('--ignore-robots', 'fetch its pages whatever robots.txt says: for sites of your own', false)
    .option('--json', 'one JSON object a feed', false)
    .action((urls: string[], options: Options) => context.withApp((app) => run(urls, options, app, context)));

async function run(urls: readonly string[], settings: Options, app: CliApp, context: CliContext) {
  const { content, every, check, first, all, ignoreRobots, json } = settings;
  const options: SubscribeOptions = {
    content,
    ...(every === undefined ? {} : { pollEveryMs: every }),
    ...(ignoreRobots ? { ignoreRobots } : {}),
  };
  const problems: string[] = [];
  const subscribe = async ({ feed, title, found }: { feed: NewFeed; title: string; found?: string | undefined }) => {
    const [added] = await app.addFeeds([feed]);
    if (json) context.out(JSON.stringify({ url: feed.url, title: title || null, added: added !== undefined }));
    else
      context.out(
        `${added ? 'Subscribed to' : 'Already subscribed to'} ${title ? `${title} ` : ''}<${feed.url}>${found ? ` (found from ${found})` : ''}`,
      );
  };
  for (const text of urls) {
    const checked = check ? await checkFeed(text, app, options) : unchecked(text, options);
    if (checked.kind === 'problem') problems.push(checked.text);
    else if (checked.kind === 'feed') await subscribe(checked);
    else if (first || all)
      for (const one of first ? checked.feeds.slice(0, 1) : checked.feeds) await subscribe({ ...one, found: checked.page });
    else problems.push(chooseOne(checked.page, checked.feeds));
  }
  if (problems.length > 0)
    throw new UserError(`${problems.join('\n')}\nTo subscribe without a look at it: feedmill add --no-check URL`);
}

const chooseOne = (page: string, feeds: readonly { feed: NewFeed; title: string }[]) =>
  [
    `${page} has ${feeds.length} feeds. Add the one you want by its address, or use --first or --all:`,
    ...feeds.map(({ feed, title }) => `  ${feed.url}  ${title}`),
  ].join('\n');

function unchecked(text: string, options: SubscribeOptions) {
  const url = parseFeedAddress(text);
  return url
    ? { kind: 'feed' as const, feed: newFeed(url, options), title: '', found: undefined }
    : { kind: 'problem' as const, text: `${text}: not an http or https address` };
}
