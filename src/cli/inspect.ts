import type { Command } from 'commander';
import { discoverFeeds, parseFeedAddress } from '../feeds/discover.js';
import type { ParsedFeed } from '../feeds/feed.js';
import { type Finding, type Inspection, inspectFeed } from '../feeds/inspect.js';
import { decode } from '../text/decode.js';
import { UserError } from '../user-error.js';
import { describeOutcome } from '../web/describe-outcome.js';
import type { CliContext, Row } from './app.js';
import { readInput } from './input.js';
import { printRows } from './print.js';
import type { FeedTools } from './subscribe.js';

interface Source {
  body: Uint8Array;
  contentType: string;
  url: string;
}

/** The base of links in a file whose address nobody knows. */
const NO_ADDRESS = 'http://feed.invalid/';

export const inspect = (program: Command, context: CliContext) =>
  program
    .command('inspect')
    .description('show what a feed holds, what is wrong with it, and how that was read; subscribes to nothing')
    .argument('<feed>', 'its address, or a file (- for standard input)')
    .option('--json', 'all of it as one JSON object', false)
    .action((name: string, { json }: { json: boolean }) =>
      context.withFeedTools(async (tools) => {
        const source = await load(name, tools);
        const reading = await tools.readFeed(source);
        if (reading.kind === 'stopped') throw new UserError(`${name}: reading it took too much time or memory, and was stopped.`);
        if (reading.kind === 'not-a-feed') throw new UserError(`${name}: ${reading.reason}${feedsNamedBy(source)}`);
        const inspection = inspectFeed(source, reading.feed, new Date());
        if (json) context.out(JSON.stringify(toRow(source, reading.feed, inspection)));
        else report(context, source, reading.feed, inspection);
      }),
    );

async function load(name: string, { fetchUrl }: FeedTools): Promise<Source> {
  const file = await readInput(name);
  if (file) return { body: file, contentType: '', url: NO_ADDRESS };
  const url = /^[./~]/.test(name) ? undefined : parseFeedAddress(name);
  if (!url) throw new UserError(`${name}: there is no such file, and it is not an http or https address.`, 2);
  const outcome = await fetchUrl(url);
  if (outcome.kind !== 'fetched') throw new UserError(`${url}: ${describeOutcome(outcome)}`);
  return outcome;
}

/** The feeds that a web page names, for who gave the page's address. */
function feedsNamedBy({ body, contentType, url }: Source): string {
  const links = discoverFeeds(decode(body, contentType, 'html').text, url).declared;
  return links.length === 0
    ? ''
    : ` It names ${links.length === 1 ? 'this one' : 'these'}:\n${links.map((link) => `  ${link.url}`).join('\n')}`;
}

const NAMES = { rss: 'RSS', rdf: 'RSS 1.0 (RDF)', atom: 'Atom', json: 'JSON Feed' };

function report(context: CliContext, { url }: Source, feed: ParsedFeed, { encoding, entries, findings }: Inspection): void {
  const dates = entries.flatMap(({ publishedAt }) => publishedAt?.toISOString().slice(0, 10) ?? []).sort();
  const lines: [name: string, value: string | undefined][] = [
    ['Address', url === NO_ADDRESS ? undefined : url],
    ['Format', `${NAMES[feed.format]}, ${encoding}`],
    ['Title', feed.title],
    ['Site', feed.siteUrl],
    ['Language', feed.language],
    ['Entries', `${entries.length}${dates.length > 0 ? `, from ${dates[0]} to ${dates.at(-1)}` : ''}`],
    ['Asks', asks(feed)],
    ['Hub', feed.hubUrl],
  ];
  for (const [name, value] of lines) if (value) context.out(`${`${name}:`.padEnd(10)}${value}`);
  context.out('');
  context.out(findings.length === 0 ? 'Nothing is wrong with it.' : 'What is wrong with it, and how that was read:');
  for (const finding of findings) context.out(`- ${sentence(finding)}`);
  context.out('');
  printRows(context, entries.map(entryRow), {
    json: false,
    columns: ['published_at', 'title', 'key', 'files', 'url'],
    empty: 'No entries.',
  });
}

const sentence = ({ text, count, example }: Finding) =>
  `${text}${count === undefined ? '' : ` (${count === 1 ? 'once' : `${count} times`}${example ? `${count === 1 ? '' : ', first'}: ${example}` : ''})`}`;

function asks({ wishes }: ParsedFeed): string | undefined {
  const { pollEveryMs, skipHours, skipDays } = wishes;
  const parts = [
    pollEveryMs ? `no poll sooner than ${Math.round(pollEveryMs / 60_000)} min after the last` : '',
    skipHours?.length ? `none in the hours ${skipHours.join(', ')} (UTC)` : '',
    skipDays?.length ? `none on ${skipDays.length} days of the week` : '',
  ];
  return parts.filter(Boolean).join('; ') || undefined;
}

const entryRow = (entry: Inspection['entries'][number]): Row => ({
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
  url: url === NO_ADDRESS ? null : url,
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
  entries: entries.map(entryRow),
});
