import { type Command, InvalidArgumentError } from 'commander';
import type { ContentPolicy } from '../jobs/pipeline.js';
import type { CliApp, CliContext } from './app.js';
import { checkFeed, feedAddress, newFeed, type SubscribeOptions } from './subscribe.js';
import { UserError } from './user-error.js';

interface Options {
  content: ContentPolicy;
  every?: number;
  check: boolean;
  json: boolean;
}

export const contentPolicy = (text: string): ContentPolicy => {
  if (text === 'page' || text === 'feed') return text;
  throw new InvalidArgumentError('It is "page" (fetch each article\'s page) or "feed" (keep what the feed itself says).');
};

const minutes = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 43_200)) throw new InvalidArgumentError('It is a number of minutes, up to 43200 (30 days).');
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
    .option('--json', 'one JSON object a feed', false)
    .action((urls: string[], options: Options) => context.withApp((app) => run(urls, options, app, context)));

async function run(urls: readonly string[], { content, every, check, json }: Options, app: CliApp, context: CliContext) {
  const options: SubscribeOptions = { content, ...(every === undefined ? {} : { pollEveryMs: every }) };
  const problems: string[] = [];
  for (const text of urls) {
    const checked = check ? await checkFeed(text, app.fetchUrl, options) : unchecked(text, options);
    if (checked.kind === 'problem') {
      problems.push(checked.text);
      continue;
    }
    const [added] = await app.addFeeds([checked.feed]);
    const { url } = checked.feed;
    if (json) context.out(JSON.stringify({ url, title: checked.title || null, added: added !== undefined }));
    else
      context.out(
        `${added ? 'Subscribed to' : 'Already subscribed to'} ${checked.title ? `${checked.title} ` : ''}<${url}>${checked.found ? ` (named by ${checked.found})` : ''}`,
      );
  }
  if (problems.length > 0) throw new UserError(`${problems.join('\n')}\nTo subscribe all the same: feedmill add --no-check URL`);
}

function unchecked(text: string, options: SubscribeOptions) {
  const url = feedAddress(text);
  return url
    ? { kind: 'feed' as const, feed: newFeed(url, options), title: '', found: undefined }
    : { kind: 'problem' as const, text: `${text}: not an http or https address` };
}
