/** The types of events that a delivery can be told of. The database knows the same list (feedmill_data.event_types()). */
export const EVENT_TYPES = [
  'record.stored',
  'record.changed',
  'record.deleted',
  'feed.failing',
  'feed.recovered',
  'feed.retired',
  'outage.began',
  'outage.ended',
] as const;

/** What happened. `test` is what `feedmill deliver test` sends. */
export type EventType = (typeof EVENT_TYPES)[number] | 'test';

/** One event on its way to one receiver. */
export interface Message {
  id: number;
  /** The same at every attempt, so that the receiver can recognize a message that it has taken before. */
  uid: string;
  type: EventType;
  occurredAt: Date;
  /** What happened to whom: the columns of a record, the state of a feed or of an outage. */
  data: Record<string, unknown>;
  /** How often it was tried, this time included. */
  attempts: number;
}

/** Where messages go. */
export interface Receiver {
  id: number;
  kind: 'webhook' | 'mail';
  /** The URL of a webhook, or `mailto:` and an address. */
  url: string;
  /** Signs webhooks. */
  secret: string;
  /** Failed attempts in a row, before this one. */
  failures: number;
}

/** A delivery as `feedmill deliver add` describes it. */
export interface NewDelivery {
  url: string;
  events: readonly string[];
  feedIds?: readonly number[];
  folder?: string;
  query?: string;
  secret?: string;
  ratePerMinute?: number;
  concurrency?: number;
  digestMinutes?: number;
}
