import { decode } from '../../text/decode.js';
import { describeRepair, type FeedEntry, type ParsedFeed } from '../feed.js';
import { identify } from '../identity.js';
import { checkDates } from './check-dates.js';
import { checkEncoding, checkMarkup, checkMediaType } from './check-document.js';
import { checkEntries } from './check-entries.js';
import { type Finding, findingIf } from './finding.js';

/** What `inspectFeed` found. */
export interface Inspection {
  /** The encoding that the document was read in. */
  encoding: string;
  entries: FeedEntry[];
  findings: Finding[];
}

/** A document as it was fetched. `contentType` is empty if it is a file. */
export interface FeedSource {
  body: Uint8Array;
  contentType: string;
  url: string;
}

/** Reports what a publisher should fix in a feed that could be read: a validator for what matters to feed readers. */
export function inspectFeed(source: FeedSource, feed: ParsedFeed, now: Date): Inspection {
  const { text, encoding } = decode(source.body, source.contentType, 'xml');
  const entries = identify(feed.entries, source.url, 'guid');
  const findings = [
    ...(source.contentType === '' ? [] : checkMediaType(source.contentType)),
    ...checkEncoding(source.contentType, text, encoding),
    ...(feed.format === 'json' ? [] : checkMarkup(text)),
    ...reportRepairs(feed),
    ...checkFeed(feed),
    ...checkEntries(feed, entries),
    ...checkDates(text, feed.format, now),
  ];
  return { encoding, entries, findings };
}

/** What the reader repaired. Dates are left to `checkDates`, which shows them. */
const reportRepairs = ({ repairs }: ParsedFeed): Finding[] =>
  repairs
    .filter(({ kind }) => kind !== 'badDates')
    .map((repair) => ({
      code: repair.kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      text: `${capitalize(describeRepair(repair))}.`,
    }));

const capitalize = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const checkFeed = (feed: ParsedFeed): Finding[] => [
  ...findingIf(!feed.title, 'no-title', 'The feed has no title.'),
  ...findingIf(!feed.siteUrl, 'no-site', 'The feed has no link to its site.'),
  ...findingIf(
    feed.language !== undefined && !isLanguageTag(feed.language),
    'language',
    `“${feed.language}” is not a language tag (such as en or pt-BR).`,
  ),
  ...findingIf(feed.entries.length === 0, 'no-entries', 'The feed has no entries.'),
  ...findingIf(
    feed.entriesDropped > 0,
    'too-many',
    `The feed has ${feed.entries.length + feed.entriesDropped} entries; only the newest ${feed.entries.length} were read.`,
  ),
];

/** Whether a text is a language tag of BCP 47, with `_` allowed for `-`. */
function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-')).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
