import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RecordFilter } from '../export/record-filter.js';
import { present } from '../text/present.js';
import { toSite } from '../text/site.js';
import { canParseUrl } from '../text/url.js';
import { UserError } from '../user-error.js';
import type { CliApp } from './app.js';
import { selectKnownFeeds } from './feed-selection.js';
import { folderOption } from './folders.js';
import { parseSince } from './option-values.js';

/** Sites or languages in one command; nobody writes more by hand. */
const MAX_VALUES = 100;
/** Longest condition, in characters. */
const MAX_CONDITION = 10_000;
/** Longest time limit, in seconds: a day, far below what `statement_timeout` can hold. */
const MAX_TIMEOUT_S = 86_400;
/** Time limit of one query: enough to read through a million records, in ms. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** A language tag, or the beginning of one (RFC 5646 §2.1). */
const LANGUAGE = /^[a-z]{2,8}(-[a-z0-9]{1,8}){0,8}$/i;

/** The options that select records. */
export interface RecordOptions {
  site?: string[];
  language?: string[];
  since?: Date;
  until?: Date;
  in?: string;
  feed?: string[];
  where?: string;
  /** In ms. */
  timeout: number;
}

/** Adds the options that select records to a command. */
export const addRecordOptions = (command: Command): Command =>
  command
    .option('--site <site>', 'only records of this site, such as example.co.uk (repeat it for several)', collectSites)
    .option('--language <tag>', 'only records in this language; en includes en-GB (repeat it for several)', collectLanguages)
    .option('--since <when>', 'only records published since then: a date, or an age such as 12h or 7d', parseSince)
    .option('--until <when>', 'only records published before then', parseSince)
    .option('--feed <feed>', 'only records of this feed: an id, a URL, or a glob (repeat it for several)', collect)
    .addOption(folderOption('records of feeds'))
    .option(
      '--where <condition>',
      "only records that meet a condition in SQL on the columns of feedmill.records: 'word_count > 500'",
      parseCondition,
    )
    .addOption(
      new Option('--timeout <seconds>', 'time limit of one query').argParser(parseTimeout).default(DEFAULT_TIMEOUT_MS, '60'),
    );

/** Turns the options into a filter. @throws {UserError} when there is no such feed or folder */
export async function toRecordFilter(app: Pick<CliApp, 'loadFeedSummaries'>, options: RecordOptions): Promise<RecordFilter> {
  const { site: sites, language: languages, since, until, where } = options;
  const feedIds = await findFeedIds(app, options);
  return present({ sites, languages, since, until, where, feedIds });
}

/**
 * The ids of the feeds that `--feed` and `--folder` select, also of those that were removed: their records are still there.
 * @returns undefined when neither is given; @throws {UserError} when there is no such feed or folder
 */
export async function findFeedIds(
  app: Pick<CliApp, 'loadFeedSummaries'>,
  { feed: names, in: folder }: Pick<RecordOptions, 'feed' | 'in'>,
): Promise<number[] | undefined> {
  if (names === undefined && folder === undefined) return undefined;
  const feeds = await app.loadFeedSummaries();
  const states = [...new Set(feeds.map(({ state }) => state))];
  const selected = selectKnownFeeds(feeds, { names: names ?? [], states, folder });
  if (selected.length === 0) throw new UserError(`None of these feeds is in the folder ${String(folder)}.`);
  return selected.map(({ id }) => id);
}

/** Adds a value to those of the same option. */
export function collect(text: string, before: string[] = []): string[] {
  if (before.length >= MAX_VALUES) throw new InvalidArgumentError(`Expected at most ${MAX_VALUES} of them.`);
  return [...before, text];
}

export function collectSites(text: string, before?: string[]): string[] {
  const url = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!canParseUrl(url) || text.trim() === '') throw new InvalidArgumentError('Expected a site such as example.co.uk.');
  return collect(toSite(url), before);
}

function collectLanguages(text: string, before?: string[]): string[] {
  if (!LANGUAGE.test(text)) throw new InvalidArgumentError('Expected a language tag such as en, pt-BR or zh-Hant.');
  return collect(text, before);
}

function parseCondition(text: string): string {
  if (text.trim() !== '' && text.length <= MAX_CONDITION && !text.includes('\0')) return text;
  throw new InvalidArgumentError(`Expected a condition of at most ${MAX_CONDITION} characters, such as 'word_count > 500'.`);
}

/** Parses a number of seconds. @returns milliseconds */
function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= MAX_TIMEOUT_S) return Math.ceil(seconds * 1_000);
  throw new InvalidArgumentError(`Expected a number of seconds up to ${MAX_TIMEOUT_S}.`);
}
