import { UserError } from '../user-error.js';
import type { CliApp, FeedName, Row } from './app.js';

/** A subscribed feed, with its row of the listing. */
export interface NamedFeed {
  id: number;
  url: string;
  row: Row;
}

/** Loads the feed that the user named by its id or URL. @throws {UserError} when there is no such feed */
export async function loadNamedFeed(app: CliApp, text: string): Promise<NamedFeed> {
  const name: FeedName = /^\d{1,15}$/.test(text) ? { id: Number(text) } : { url: text };
  const row = await app.loadFeedListing(name);
  if (!row) throw new UserError(`There is no feed ${text}. To see all feeds: feedmill list`);
  return { id: Number(row.id), url: String(row.url), row };
}
