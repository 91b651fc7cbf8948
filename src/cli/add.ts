import type { Command } from 'commander';
import { parseFeedAddress } from '../feeds/discover.js';
import type { ContentPolicy } from '../jobs/subscribed-feed.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { loadNamedFeed } from './feed-name.js';
import { parseContentPolicy, parseMinutes } from './option-values.js';
import { type CheckedAddress, checkAddress, type FeedCandidate, NOT_HTTP, newFeed, type SubscribeOptions } from './subscribe.js';

interface Options {
  content?: ContentPolicy;
  every?: number;
  check: boolean;
  first?: boolean;
  all?: boolean;
  ignoreRobots?: boolean;
  json?: boolean;
}

/** `feedmill add`: subscribes to feeds, or to the feeds of sites. */
export const addAddCommand = (program: Command, context: CliContext) =>
  program
    .command('add')
    .description('subscribe to feeds; given the URL of a site, finds its feed')
    .argument('<url...>', 'URLs of feeds or sites')
    .option('--content <page|feed>', "store each article's page (the default), or the feed's own content", parseContentPolicy)
    .option('--every <minutes>', 'poll at this interval instead of the one derived from the feed', parseMinutes)
    .option('--no-check', 'subscribe without fetching the URL first')
    .option('--first', 'if a page links to several feeds, subscribe to the first')
    .option('--all', 'if a page links to several feeds, subscribe to all of them')
    .option('--ignore-robots', 'fetch article pages even where robots.txt forbids it (only for your own sites)')
    .option('--json', 'print one JSON object per feed')
    .action((urls: string[], options: Options) => context.withApp((app) => addFeeds(urls, options, app, context)));

async function addFeeds(urls: readonly string[], settings: Options, app: CliApp, context: CliContext): Promise<void> {
  const { content, every, check, ignoreRobots } = settings;
  const options: SubscribeOptions = { content: content ?? 'page', ...present({ pollEveryMs: every, ignoreRobots }) };
  const problems: string[] = [];
  for (const text of urls) {
    const { feeds, problem } = chooseFeeds(
      check ? await checkAddress(text, app, options) : acceptUnchecked(text, options),
      settings,
    );
    for (const feed of feeds) await subscribe(feed, app, context, settings);
    if (problem) problems.push(problem);
  }
  if (problems.length > 0)
    throw new UserError(`${problems.join('\n')}\nTo subscribe without this check: npx feedmill add --no-check URL`);
}

/** The feeds to subscribe to at an address, or the reason why there are none. */
function chooseFeeds(checked: CheckedAddress, { first, all }: Options): { feeds: FeedCandidate[]; problem?: string } {
  if (checked.kind === 'problem') return { feeds: [], problem: checked.text };
  if (checked.kind === 'feed') return { feeds: [checked] };
  if (!first && !all) return { feeds: [], problem: askForChoice(checked.page, checked.feeds) };
  const chosen = first ? checked.feeds.slice(0, 1) : checked.feeds;
  return { feeds: chosen.map((feed) => ({ ...feed, foundFrom: checked.page })) };
}

async function subscribe(
  { feed, title, foundFrom }: FeedCandidate,
  app: CliApp,
  context: CliContext,
  settings: Options,
): Promise<void> {
  const [added] = await app.addFeeds([feed]);
  if (settings.json) {
    context.out(JSON.stringify({ url: feed.url, title: title || null, added: added !== undefined }));
    return;
  }
  const verb = added ? 'Subscribed to' : 'Already subscribed to';
  context.out(`${verb} ${title ? `${title} ` : ''}<${feed.url}>${foundFrom ? ` (found through ${foundFrom})` : ''}`);
  if (!added) await explainKnownFeed(feed.url, app, context, settings);
}

/** Says in what a feed that was subscribed to before is not as it was asked for, and how to change that. */
async function explainKnownFeed(url: string, app: CliApp, context: CliContext, wanted: Options): Promise<void> {
  const { id, row } = await loadNamedFeed(app, url);
  if (row.state === 'paused') context.out(`It is paused. To poll it again: npx feedmill resume ${id}`);
  const details = await app.loadFeedDetails(id);
  const differing = findDifferences(wanted, details?.feed ?? {});
  if (differing.length > 0)
    context.out(`Its settings differ and were not changed. To change them: npx feedmill set ${id} ${differing.join(' ')}`);
}

/** The options of `feedmill set` that give a feed the wanted settings. */
const findDifferences = ({ content, every, ignoreRobots }: Options, feed: Row): string[] => [
  ...(content !== undefined && content !== feed.content ? [`--content ${content}`] : []),
  ...(every !== undefined && every !== feed.poll_every_ms ? [`--every ${every / 60_000}`] : []),
  ...(ignoreRobots && !feed.ignore_robots ? ['--ignore-robots'] : []),
];

const askForChoice = (page: string, feeds: readonly FeedCandidate[]) =>
  [
    `${page} links to ${feeds.length} feeds. Add one of them by its URL, or use --first or --all:`,
    ...feeds.map(({ feed, title }) => `  ${feed.url}  ${title}`),
  ].join('\n');

function acceptUnchecked(text: string, options: SubscribeOptions): CheckedAddress {
  const url = parseFeedAddress(text);
  return url ? { kind: 'feed', feed: newFeed(url, options), title: '' } : { kind: 'problem', text: `${text}: ${NOT_HTTP}` };
}
