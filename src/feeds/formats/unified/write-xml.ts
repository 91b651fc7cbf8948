import type { FeedDate } from '../../../text/dates.js';
import { escapeAttribute, escapeText } from '../../../text/escape.js';
import { resolveFeedLink } from '../links.js';
import { toPlainText } from '../plain-text.js';
import { type Draft, type DraftFile, findPageLink, findRelated, findText } from './draft.js';
import { FEED_FIELDS, ITEM_FIELDS } from './fields.js';

/** What is derived from an item's draft before it is written. */
export interface ItemDetails {
  link: string | undefined;
  published: FeedDate | undefined;
  updated: FeedDate | undefined;
  authors: readonly string[];
  /** Positions in the list of bodies. */
  summaryIndex: number | undefined;
  contentIndex: number | undefined;
}

/** The unified feed as one document. Its element names are those that rss-parser-bridge.ts reads. */
export const writeDocument = (feed: Draft, items: string): string =>
  `<rss version="2.0"><channel>${writeFeed(feed)}${items}</channel></rss>`;

function writeFeed(feed: Draft): string {
  return [
    writeElement('title', findText(feed, FEED_FIELDS.title)),
    writeElement('link', findPageLink(feed)),
    writeElement('about', toPlainText(findText(feed, FEED_FIELDS.description) ?? '')),
    writeElement('language', findText(feed, FEED_FIELDS.language) ?? feed.language),
    writeElement('hub', findRelated(feed, 'hub')),
    writeElement('self', findRelated(feed, 'self')),
    writeElement('ttl', findText(feed, FEED_FIELDS.ttl)),
    writeElement('period', findText(feed, FEED_FIELDS.period)),
    writeElement('frequency', findText(feed, FEED_FIELDS.frequency)),
    ...feed.skipHours.map((hour) => writeElement('skipHour', hour)),
    ...feed.skipDays.map((day) => writeElement('skipDay', day)),
  ].join('');
}

/** One item of the unified feed. */
export function writeItem(item: Draft, { link, published, updated, authors, summaryIndex, contentIndex }: ItemDetails): string {
  const duration = findText(item, ITEM_FIELDS.duration);
  return [
    '<item>',
    writeElement('guid', findText(item, ITEM_FIELDS.guid) ?? item.about ?? item.texts.get('dc:identifier')),
    writeElement('link', link),
    writeElement('title', findText(item, ITEM_FIELDS.title)),
    ...authors.map((author) => writeElement('person', author)),
    writePublished(published),
    writeElement('updated', updated?.at.toISOString()),
    writeElement('brief', summaryIndex?.toString()),
    writeElement('body', contentIndex?.toString()),
    ...item.categories.map((category) => writeElement('subject', category)),
    ...item.files.map((file) => writeFile(file, duration)),
    writeElement('picture', choosePicture(item)),
    writeElement('language', findText(item, ITEM_FIELDS.language) ?? item.language),
    writeElement('comments', resolveFeedLink(findText(item, ITEM_FIELDS.comments), item.base)),
    writeOrigin(item.source),
    '</item>',
  ].join('');
}

function writePublished(date: FeedDate | undefined): string {
  if (!date) return '';
  const attributes = writeAttribute('text', date.text) + writeAttribute('zone', date.zoneAssumed ? 'assumed' : undefined);
  return `<published${attributes}>${date.at.toISOString()}</published>`;
}

/** `itemDuration` holds for files without one of their own. */
function writeFile({ url, type, length, duration }: DraftFile, itemDuration: string | undefined): string {
  const attributes = [
    writeAttribute('url', url),
    writeAttribute('type', type),
    writeAttribute('length', length),
    writeAttribute('duration', duration ?? itemDuration),
  ];
  return `<file${attributes.join('')}/>`;
}

/** A thumbnail, else a podcast's cover, else a picture among the files. */
const choosePicture = ({ thumbnails, covers, files }: Draft): string | undefined =>
  thumbnails[0] ?? covers[0] ?? files.find(({ isPicture }) => isPicture)?.url;

const writeOrigin = ({ title, url }: Draft['source']): string =>
  title || url ? `<origin${writeAttribute('url', url)}>${escapeText(title ?? '')}</origin>` : '';

const writeElement = (name: string, text: string | undefined): string => (text ? `<${name}>${escapeText(text)}</${name}>` : '');
const writeAttribute = (name: string, value: string | undefined): string => (value ? ` ${name}="${escapeAttribute(value)}"` : '');
