import type { Command } from 'commander';
import { formatDuration } from '../feeds/format-duration.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, FeedDetails, Row } from './app.js';
import { loadNamedFeed } from './feed-name.js';
import { printRows } from './print.js';

/** `feedmill show feed`: a feed's state, why it is due when it is, its settings, its latest polls and what failed. */
export const addShowFeedCommand = (show: Command, context: CliContext) =>
  show
    .command('feed')
    .description('show the state, the settings, the latest polls and the failures of a feed')
    .argument('<feed>', 'id or URL of the feed')
    .option('--json', 'print one JSON object')
    .action((name: string, { json = false }: { json?: boolean }) => context.withApp((app) => showFeed(app, context, name, json)));

async function showFeed(app: CliApp, context: CliContext, name: string, json: boolean): Promise<void> {
  const { id } = await loadNamedFeed(app, name);
  const details = await app.loadFeedDetails(id);
  if (!details) throw new UserError(`Feed ${id} has just been deleted.`);
  if (json) {
    context.out(JSON.stringify({ ...details.feed, latest_polls: details.polls, latest_failures: details.failures }));
    return;
  }
  for (const [title, lines] of describeFeed(details.feed)) printSection(context, title, lines);
  printTables(context, details);
}

function printSection(context: CliContext, title: string, lines: readonly Line[]): void {
  const shown = lines.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (shown.length === 0) return;
  const width = Math.max(...shown.map(([label]) => label.length));
  context.out(title);
  for (const [label, value] of shown) context.out(`  ${label.padEnd(width)}  ${String(value)}`);
  context.out('');
}

function printTables(context: CliContext, { polls, failures }: FeedDetails): void {
  context.out('Latest polls');
  printRows(context, polls, {
    json: false,
    columns: ['started_at', 'via', 'outcome', 'status', 'duration_ms', 'entries_seen', 'entries_new', 'error'],
    empty: '  none yet',
  });
  context.out('');
  context.out('Articles whose page could not be read');
  printRows(context, failures, { json: false, columns: ['id', 'failed_at', 'kind', 'attempts', 'url'], empty: '  none' });
}

/** A label and what it stands for; a line without a value is left out. */
type Line = readonly [label: string, value: unknown];

/** What is said of a feed, by section. Exported for its test. */
export const describeFeed = (feed: Row): [title: string, lines: Line[]][] => [
  [
    String(feed.title ?? feed.url),
    [
      ['id', feed.id],
      ['URL', feed.url],
      ['site', feed.site_url],
      ['folder', feed.folder],
      ['format', feed.format],
      ['language', feed.language],
      ['subscribed', feed.created_at],
    ],
  ],
  ['State', describeState(feed)],
  ['Settings', describeSettings(feed)],
  [
    'Content',
    [
      ['records', feed.records],
      ['entries', feed.entries],
      ['waiting for their page', feed.waiting],
      ['entries per week', feed.entries_per_week],
      ['median delay', feed.median_delay],
    ],
  ],
];

const describeState = (feed: Row): Line[] => [
  ['state', feed.state],
  ['paused', feed.paused_at],
  ['removed', feed.removed_at],
  ['next poll', feed.next_due_at],
  ['because', feed.next_due_reasons || (feed.last_poll_at ? null : 'it has not been polled yet')],
  ['last poll', feed.last_poll_at],
  ['last success', feed.last_success_at],
  ['failures in a row', feed.failures_in_a_row || null],
  ['failing since', feed.failing_since],
  ['last error', feed.last_error],
  ['faults of ours in a row', feed.faults || null],
  ['redirects to', feed.moved_to],
  ['hub', feed.hub_url && `${String(feed.hub_url)} (${String(feed.hub_state)})`],
  ['hub problem', feed.hub_problem],
  ['subscribed at the hub until', feed.hub_lease_expires_at],
  ['last push', feed.last_push_at],
];

const describeSettings = (feed: Row): Line[] => [
  ['polled', feed.poll_every_ms ? `every ${formatDuration(Number(feed.poll_every_ms))}` : 'as often as it publishes'],
  ['content', feed.content === 'page' ? 'page (the page of each article)' : "feed (the feed's own content)"],
  ['robots.txt', feed.ignore_robots ? 'ignored' : 'obeyed'],
  ['gap', feed.gap_ms === null ? 'HOST_GAP_MS' : `${String(feed.gap_ms)} ms between requests to ${String(feed.host)}`],
  ['headers', Array.isArray(feed.header_names) ? feed.header_names.map((name) => `${String(name)}: ***`).join(', ') : null],
];
