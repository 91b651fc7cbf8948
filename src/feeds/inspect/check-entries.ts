import type { FeedEntry, ParsedEntry, ParsedFeed } from '../feed.js';
import { type Finding, findingAt, findingIf } from './finding.js';

/** Checks the entries of a feed, as parsed and as identified. */
export function checkEntries({ entries }: ParsedFeed, identified: readonly FeedEntry[]): Finding[] {
  return [
    ...checkGuids(entries, identified),
    ...checkLinks(entries, identified),
    ...checkContents(entries),
    ...findingAt(
      'enclosure-type',
      'An enclosure does not state its media type.',
      entries.flatMap(({ enclosures }) => enclosures.flatMap(({ url, type }) => (type ? [] : url))),
    ),
  ];
}

/** The names of the entries that match. */
const listNames = (entries: readonly ParsedEntry[], matches: (entry: ParsedEntry) => boolean): string[] =>
  entries.filter(matches).map(({ title, url, guid }) => title ?? url ?? guid ?? '(an entry without a name)');

function checkGuids(entries: readonly ParsedEntry[], identified: readonly FeedEntry[]): Finding[] {
  return [
    ...findingAt(
      'no-guid',
      'An entry has no guid (RSS guid, Atom id). It is identified by its link, else by its content, and looks new if that changes.',
      listNames(entries, ({ guid }) => guid === undefined),
    ),
    ...findingAt(
      'guid-repeated',
      'Several entries share a guid. Those that differ are told apart by their links.',
      listRepeatedGuids(entries),
    ),
    ...findingIf(
      identified.length < entries.length,
      'entry-repeated',
      `${entries.length - identified.length} entries are repeated. Only the first of each was read.`,
    ),
  ];
}

/** Each guid that several entries have, as often as they have it. */
function listRepeatedGuids(entries: readonly ParsedEntry[]): string[] {
  const counts = new Map<string, number>();
  for (const { guid } of entries) if (guid !== undefined) counts.set(guid, (counts.get(guid) ?? 0) + 1);
  return [...counts].flatMap(([guid, count]) => (count > 1 ? Array<string>(count).fill(guid) : []));
}

function checkLinks(entries: readonly ParsedEntry[], identified: readonly FeedEntry[]): Finding[] {
  return [
    ...findingAt(
      'no-link',
      'An entry has no link. Its record is made from the content in the feed.',
      listNames(entries, ({ url, badLink }) => url === undefined && badLink === undefined),
    ),
    ...findingAt(
      'bad-link',
      'A link does not lead to a page. The entry gets no record.',
      entries.flatMap(({ badLink }) => badLink ?? []),
    ),
    ...findingAt(
      'link-shared',
      'Many entries link to the same page. Their records are made from the content in the feed.',
      identified.flatMap(({ sharesLink, url }) => (sharesLink ? url : [])),
    ),
  ];
}

function checkContents(entries: readonly ParsedEntry[]): Finding[] {
  return [
    ...findingAt(
      'no-entry-title',
      'An entry has no title.',
      listNames(entries, ({ title }) => title === undefined),
    ),
    ...findingAt(
      'nothing-said',
      'An entry has neither a summary nor content.',
      listNames(entries, ({ contentHtml, summaryHtml }) => (contentHtml ?? summaryHtml) === undefined),
    ),
    ...findingAt(
      'no-date',
      'An entry has no date that could be read. It is dated by when it was first seen.',
      listNames(entries, ({ publishedAt, updatedAt }) => (publishedAt ?? updatedAt) === undefined),
    ),
  ];
}
