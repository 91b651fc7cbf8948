import { toPrintable } from '../text/printable.js';
import type { EventType, Message } from './event.js';

/** A mail without its addresses. */
export interface Mail {
  subject: string;
  /** Plain text. */
  text: string;
}

/** Events of one type that a mail lists; of more, it gives the number. */
const MAX_LISTED = 50;
/** The longest line, in characters. */
const MAX_LINE = 300;

/** The heading of each group, and how the subject counts its events. The most urgent come first. */
const GROUPS: [EventType, string, (count: number) => string][] = [
  ['outage.began', 'Most sites cannot be reached. The problem is on our side', () => 'an outage began'],
  ['outage.ended', 'Sites can be reached again', () => 'an outage ended'],
  ['feed.retired', 'Retired, and no longer polled', (count) => `${feeds(count)} retired`],
  ['feed.failing', 'Failing for three polls or more', (count) => `${feeds(count)} failing`],
  ['feed.recovered', 'Well again', (count) => `${feeds(count)} well again`],
  ['test', 'A test', () => 'a test'],
];

const feeds = (count: number): string => `${count} ${count === 1 ? 'feed' : 'feeds'}`;

/**
 * Writes one mail about all events since the last one, grouped by type. The subject consists of our own words and numbers: titles and
 * errors, which come from outside, only stand in the text, on one line each.
 */
export function writeDigest(messages: readonly Pick<Message, 'type' | 'occurredAt' | 'data'>[]): Mail {
  const groups = GROUPS.map(([type, heading, count]) => ({
    heading,
    count,
    events: messages.filter((message) => message.type === type),
  })).filter(({ events }) => events.length > 0);
  const text = groups.map(({ heading, events }) => [`${heading}:`, ...listEvents(events)].join('\n'));
  return {
    subject: `Feedmill: ${groups.map(({ count, events }) => count(events.length)).join(', ')}`,
    text: `${text.join('\n\n')}\n\n-- \nTo see the feeds that are not well: feedmill list\nTo end these mails: feedmill deliver list, then feedmill deliver remove ID\n`,
  };
}

function listEvents(events: readonly Pick<Message, 'occurredAt' | 'data'>[]): string[] {
  const lines = events.slice(0, MAX_LISTED).map(writeLine);
  return events.length > MAX_LISTED ? [...lines, `  … and ${events.length - MAX_LISTED} more`] : lines;
}

function writeLine({ occurredAt, data }: Pick<Message, 'occurredAt' | 'data'>): string {
  const at = `${occurredAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const about = [data.title, data.url, data.last_error].filter((value) => typeof value === 'string' && value !== '');
  const line = toPrintable(['', at, ...about.map(String)].join('  '));
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
