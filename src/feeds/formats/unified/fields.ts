import type { XmlElement } from '../xml/xml-handler.js';

/** The elements of the unified feed's items. Each is read from the first of these fields that an item has. */
export const ITEM_FIELDS = {
  guid: ['guid', 'id'],
  title: ['title', 'dc:title', 'itunes:title', 'media:title'],
  published: [
    'pubdate',
    'published',
    'issued',
    'dcterms:issued',
    'dc:date',
    'created',
    'dcterms:created',
    'dc:created',
    'dcterms:date',
    'dcterms:available',
  ],
  updated: ['updated', 'modified', 'dcterms:modified'],
  summary: ['description', 'summary', 'dc:description', 'itunes:summary', 'itunes:subtitle', 'media:description'],
  content: ['content:encoded', 'encoded', 'content', 'xhtml:body', 'xhtml:div', 'body', 'fullitem'],
  language: ['language', 'dc:language'],
  comments: ['comments'],
  duration: ['itunes:duration'],
} as const;

/** The same for the feed itself. */
export const FEED_FIELDS = {
  title: ['title', 'dc:title', 'itunes:title'],
  description: ['description', 'subtitle', 'tagline', 'dc:description', 'itunes:summary', 'itunes:subtitle'],
  language: ['language', 'dc:language'],
  ttl: ['ttl'],
  period: ['sy:updateperiod'],
  frequency: ['sy:updatefrequency'],
} as const;

/** Fields that are read from more than their text (child-plans.ts). */
const STRUCTURED_FIELDS = ['link', 'category', 'dc:subject', 'dc:creator', 'dc:author', 'dc:identifier', 'itunes:author'];

/** Every field that has a text for us. */
export const ALL_FIELDS: ReadonlySet<string> = new Set([
  ...Object.values(ITEM_FIELDS).flat(),
  ...Object.values(FEED_FIELDS).flat(),
  ...STRUCTURED_FIELDS,
]);

/** Fields that become plain text in one line. */
export const TITLE_FIELDS: ReadonlySet<string> = new Set([...ITEM_FIELDS.title, 'subtitle', 'tagline']);

/** Fields that become HTML. */
export const BODY_FIELDS: ReadonlySet<string> = new Set([...ITEM_FIELDS.summary, ...ITEM_FIELDS.content]);

/**
 * Start tags that show that the end tag of the title or body around them is missing. HTML has no elements of these names, apart
 * from `link`.
 */
export const FIELDS_AFTER_BODY: ReadonlySet<string> = new Set([
  'item',
  'entry',
  'channel',
  'guid',
  'pubdate',
  'link',
  'enclosure',
  'comments',
  'category',
  'author',
  'published',
  'updated',
  'dc:creator',
  'dc:date',
  'dc:subject',
  'content:encoded',
]);

/** The name under which an element is a field: its local name, after its vocabulary unless that is the core one. */
export const toFieldName = ({ vocabulary, name }: XmlElement): string => (vocabulary === 'core' ? name : `${vocabulary}:${name}`);
