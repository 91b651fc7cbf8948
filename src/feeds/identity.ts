import { createHash } from 'node:crypto';
import { canonicalUrl } from '../web/canonical-url.js';
import type { FeedEntry, IdentityRule, ParsedEntry } from './feed.js';

const sha256 = (parts: readonly (string | undefined)[]) =>
  createHash('sha256')
    .update(parts.map((part) => part ?? '').join('\0'))
    .digest('hex');

/** Longer guids are kept by their hash: an index of Postgres holds 2,700 bytes. */
const MAX_KEY_LENGTH = 500;
/** So many entries with other guids than before make a feed whose guids change; fewer may be an editor's doing. */
const CHURN_MINIMUM = 3;

/**
 * Gives each entry its key in its feed: the guid where no other item of the document has it too, else the canonical link,
 * else a hash of what it says. Entries with one key are one entry: the first is kept.
 */
export function identify(entries: readonly ParsedEntry[], feedUrl: string, rule: IdentityRule): FeedEntry[] {
  const linked = entries.map((entry) => ({ entry, canonicalUrl: linkOf(entry, feedUrl) }));
  const shared = sharedGuids(linked);
  const byKey = new Map<string, FeedEntry>();
  for (const { entry, canonicalUrl: url } of linked) {
    const guid = rule === 'guid' && entry.guid !== undefined && !shared.has(entry.guid) ? entry.guid : undefined;
    const key = bounded(guid ?? url ?? `sha256:${sha256([entry.title, entry.contentHtml ?? entry.summaryHtml])}`);
    if (byKey.has(key)) continue;
    byKey.set(key, {
      ...entry,
      key,
      ...(url ? { canonicalUrl: url } : {}),
      contentHash: sha256([entry.title, url, entry.contentHtml, entry.summaryHtml]),
    });
  }
  return [...byKey.values()];
}

const bounded = (key: string) => (key.length > MAX_KEY_LENGTH ? `sha256:${sha256([key])}` : key);

const linkOf = (entry: ParsedEntry, feedUrl: string) => (entry.url ? canonicalUrl(entry.url, feedUrl) : undefined);

/** Guids that stand on several items with different links: they tell nothing. */
function sharedGuids(linked: readonly { entry: ParsedEntry; canonicalUrl: string | undefined }[]): Set<string> {
  const links = new Map<string, Set<string>>();
  for (const { entry, canonicalUrl: url } of linked) {
    if (entry.guid === undefined) continue;
    const seen = links.get(entry.guid) ?? new Set();
    links.set(entry.guid, seen.add(url ?? entry.title ?? ''));
  }
  return new Set([...links].filter(([, seen]) => seen.size > 1).map(([guid]) => guid));
}

/** What is known of an entry of earlier polls. */
export interface KnownEntry {
  guid?: string;
  canonicalUrl?: string;
  contentHash: string;
}

/** Whether entries known by their link, or where they have none by what they say, all have other guids than before: such guids identify nothing. */
export function guidsChanged(before: readonly KnownEntry[], entries: readonly FeedEntry[]): boolean {
  const handle = ({ canonicalUrl: url, contentHash }: { canonicalUrl?: string; contentHash: string }) => url ?? contentHash;
  const known = new Map<string, Set<string>>();
  for (const entry of before) if (entry.guid) known.set(handle(entry), (known.get(handle(entry)) ?? new Set()).add(entry.guid));
  const again = entries.flatMap((entry) => {
    const was = known.get(handle(entry));
    return was !== undefined && entry.guid !== undefined ? [!was.has(entry.guid)] : [];
  });
  return again.length >= CHURN_MINIMUM && again.every(Boolean);
}
