import { parseXml } from '../xml/parse-xml.js';
import { FeedBuilder } from './feed-builder.js';
import type { UnifiedReading } from './unified-feed.js';

/**
 * Translates a feed in any format into the unified feed, in one pass and in linear time: one spelling per field, links and dates
 * resolved, XHTML as HTML text, titles as plain text, and nothing that is not kept.
 */
export function toUnifiedFeed(document: string, url: string, now: Date): UnifiedReading {
  const builder = new FeedBuilder(url, now);
  const reading = parseXml(document, builder);
  return reading.kind === 'read' ? builder.finish(reading.repairs) : reading;
}
