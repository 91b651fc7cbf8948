import type { Command } from 'commander';
import { discoverFeeds, parseFeedAddress } from '../feeds/discover.js';
import type { ParsedFeed } from '../feeds/feed.js';
import type { Finding } from '../feeds/inspect/finding.js';
import { type Inspection, inspectFeed } from '../feeds/inspect/inspect-feed.js';
import { decode } from '../text/decode.js';
import { UserError } from '../user-error.js';
import { describeOutcome } from '../web/describe-outcome.js';
import type { CliContext, Row } from './app.js';
import { readInput } from './input.js';
import { printRows } from './print.js';
import { type FeedTools, NOT_HTTP } from './subscribe.js';

/** A feed document, and where it is from. */
interface Source {
  body: Uint8Array;
  contentType: string;
  url: string;
}

/** The URL of a file whose origin is unknown: its relative links need some base. */
const UNKNOWN_URL = 'http://feed.invalid/';

/** `feedmill inspect`: what a feed contains, what is wrong with it, and how it was understood. */
export const addInspectCommand = (program: Command, context: CliContext) =>
  program
    .command('inspect')
    .description('show what a feed contains, what is wrong with it and how it was understood, without subscribing to it')
    .argument('<feed>', 'a URL, a file, or - for standard input')
    .option('--json', 'print everything as one JSON object')
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.withFeedTools((tools) => inspect(name, json, tools, context)),
    );

async function inspect(name: string, json: boolean, tools: FeedTools, context: CliContext): Promise<void> {
  const source = await loadSource(name, tools);
  const reading = await tools.readFeed(source);
  if (reading.kind === 'stopped') throw new UserError(`${name}: reading it took too much time or memory, and was stopped.`);
  if (reading.kind === 'not-a-feed') throw new UserError(`${name}: ${reading.reason}${listDeclaredFeeds(source)}`);
  const inspection = inspectFeed(source, reading.feed, new Date());
  if (json) context.out(JSON.stringify(toRow(source, reading.feed, inspection)));
  else printReport(context, source, reading.feed, inspection);
}

/** @throws {UserError} when the name is neither a file nor a URL, or the URL can't be fetched */
async function loadSource(name: string, { fetchUrl }: FeedTools): Promise<Source> {
  const file = await readInput(name);
  if (file) return { body: file, contentType: '', url: UNKNOWN_URL };
  const url = /^[./~]/.test(name) ? undefined : parseFeedAddress(name);
  if (!url) throw new UserError(`${name}: no such file, and ${NOT_HTTP}.`, 2);
  const outcome = await fetchUrl(url);
  if (outcome.kind !== 'fetched') throw new UserError(`${url}: ${describeOutcome(outcome)}`);
  return outcome;
}

/** The feeds that a web page declares, for a user who gave the page instead of the feed. Empty when there are none. */
function listDeclaredFeeds({ body, contentType, url }: Source): string {
  const links = discoverFeeds(decode(body, contentType, 'html').text, url).declared;
  if (links.length === 0) return '';
  return ` It links to ${links.length === 1 ? 'this feed' : 'these feeds'}:\n${links.map((link) => `  ${link.url}`).join('\n')}`;
}

const FORMAT_NAMES = { rss: 'RSS', rdf: 'RSS 1.0 (RDF)', atom: 'Atom', json: 'JSON Feed' };

function printReport(context: CliContext, source: Source, feed: ParsedFeed, inspection: Inspection): void {
  for (const line of describeFeed(source, feed, inspection)) context.out(line);
  context.out('');
  const { findings, entries } = inspection;
  context.out(findings.length === 0 ? 'No problems were found.' : 'Problems, and how the feed was understood despite them:');
  for (const finding of findings) context.out(`- ${describeFinding(finding)}`);
  context.out('');
  printRows(context, entries.map(toEntryRow), {
    json: false,
    columns: ['published_at', 'title', 'key', 'files', 'url'],
    empty: 'No entries.',
  });
}

/** A line for each thing that is known about the feed itself. */
function describeFeed({ url }: Source, feed: ParsedFeed, { encoding, entries }: Inspection): string[] {
  const days = entries.flatMap(({ publishedAt }) => publishedAt?.toISOString().slice(0, 10) ?? []).sort();
  const facts: [name: string, value: string | undefined][] = [
    ['Address', url === UNKNOWN_URL ? undefined : url],
    ['Format', `${FORMAT_NAMES[feed.format]}, ${encoding}`],
    ['Title', feed.title],
    ['Site', feed.siteUrl],
    ['Language', feed.language],
    ['Entries', `${entries.length}${days.length > 0 ? `, from ${days[0]} to ${days.at(-1)}` : ''}`],
    ['Polling', describeWishes(feed)],
    ['Hub', feed.hubUrl],
  ];
  return facts.flatMap(([name, value]) => (value ? [`${`${name}:`.padEnd(10)}${value}`] : []));
}

function describeFinding({ text, count, example }: Finding): string {
  if (count === undefined) return text;
  const times = count === 1 ? 'once' : `${count} times`;
  return `${text} (${times}${example ? `${count === 1 ? '' : ', first'}: ${example}` : ''})`;
}

/** When the publisher asks not to be polled; undefined when it does not say. */
function describeWishes({ wishes }: ParsedFeed): string | undefined {
  const { pollEveryMs, skipHours, skipDays } = wishes;
  const parts = [
    pollEveryMs ? `at most every ${Math.round(pollEveryMs / 60_000)} min` : '',
    skipHours?.length ? `not in the hours ${skipHours.join(', ')} (UTC)` : '',
    skipDays?.length ? `not on ${skipDays.length} days of the week` : '',
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join('; ')} (the publisher's wish)` : undefined;
}

const toEntryRow = (entry: Inspection['entries'][number]): Row => ({
  key: entry.key,
  guid: entry.guid ?? null,
  url: entry.url ?? null,
  title: entry.title ?? null,
  authors: entry.authors,
  published_at: entry.publishedAt ?? null,
  updated_at: entry.updatedAt ?? null,
  language: entry.language ?? null,
  categories: entry.categories,
  image_url: entry.imageUrl ?? null,
  enclosures: entry.enclosures,
  files: entry.enclosures.length,
  content_characters: (entry.contentHtml ?? entry.summaryHtml ?? '').length,
});

const toRow = ({ url }: Source, feed: ParsedFeed, { encoding, entries, findings }: Inspection): Row => ({
  url: url === UNKNOWN_URL ? null : url,
  format: feed.format,
  encoding,
  title: feed.title ?? null,
  site_url: feed.siteUrl ?? null,
  description: feed.description ?? null,
  language: feed.language ?? null,
  poll_every_ms: feed.wishes.pollEveryMs ?? null,
  hub_url: feed.hubUrl ?? null,
  self_url: feed.selfUrl ?? null,
  findings,
  entries: entries.map(toEntryRow),
});
