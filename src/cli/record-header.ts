import type { RecordContext } from '../export/record-filter.js';
import type { Row } from './app.js';

/** Other feeds, tags and records that are named; more are only counted. */
const MAX_NAMED = 5;

/** A label and what it stands for. */
export type HeaderLine = readonly [label: string, value: string];

/** What is known about a record, and where it comes from. Lines without a value are left out. */
export function describeRecord(record: Row, { sightings, neighbours }: RecordContext): HeaderLine[] {
  const lines: [label: string, value: string | undefined][] = [
    ['Site', join(' · ', record.site_name, record.site === record.site_name ? null : record.site, record.section)],
    ['Authors', list(record.authors)],
    ['Published', describeDate(record, 'published_at')],
    ['Modified', describeDate(record, 'modified_at')],
    ['Language', text(record.language)],
    [
      'Length',
      join(', ', `${String(record.word_count)} words`, record.reading_minutes && `${String(record.reading_minutes)} min`),
    ],
    ['Access', record.paywalled === null ? undefined : record.paywalled ? 'for subscribers' : 'free'],
    ['Tags', nameSome(asList(record.tags))],
    ['URL', text(record.url)],
    ['Canonical', record.canonical_url === record.url ? undefined : text(record.canonical_url)],
    ['Image', text(record.lead_image_url)],
    ['Text from', describeSource(record)],
    ['Seen in', nameSome(sightings.map(describeSighting), '; ')],
    ['Same story', nameSome(neighbours.map(({ id, site_name }) => `record ${String(id)} (${String(site_name ?? 'no name')})`))],
    ['Record', describeHistory(record)],
  ];
  return lines.flatMap(([label, value]) => (value ? [[label, value] as const] : []));
}

const text = (value: unknown): string | undefined => (value === null || value === undefined ? undefined : String(value));

const join = (separator: string, ...values: unknown[]): string =>
  values
    .filter(Boolean)
    .map((value) => String(value))
    .join(separator);

const asList = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const list = (value: unknown): string => asList(value).join(', ');

/** A time without the fraction of its second. */
const toSecond = (time: unknown): string => String(time).replace(/\.\d+/, '');

function nameSome(names: readonly string[], separator = ', '): string {
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(separator);
}

/** A date, with where it was read and how it was written there. */
function describeDate(record: Row, column: 'published_at' | 'modified_at'): string | undefined {
  const date = text(record[column]);
  const [source, written] = [text(record[`${column}_source`]), text(record[`${column}_text`])];
  if (!date || !source) return date;
  const doubts = [
    record[`${column}_zone_assumed`] === true ? 'no time zone, so UTC' : '',
    record[`${column}_clamped`] === true ? 'in the future, so when it was seen' : '',
  ];
  return `${date} (${join('; ', written ? `${source}: ${written}` : source, ...doubts)})`;
}

function describeSource({ content_source: source, page_count: pages, page_error: error }: Row): string {
  if (source === 'page') return Number(pages) > 1 ? `its ${String(pages)} pages` : 'its page';
  return error ? `the feed, since the page could not be read (${String(error)})` : 'the feed';
}

const describeSighting = ({ feed_id, feed_title, feed_url, first_seen_at }: Row): string =>
  `${String(feed_title ?? feed_url)} (feed ${String(feed_id)}, ${toSecond(first_seen_at)})`;

function describeHistory({ id, revision, stored_at, updated_at }: Row): string {
  const changed = String(updated_at) === String(stored_at) ? '' : `changed ${toSecond(updated_at)}`;
  return join(', ', `${String(id)}, stored ${toSecond(stored_at)}`, changed, `revision ${String(revision)}`);
}
