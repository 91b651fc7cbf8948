import type { Repair } from '../../feed.js';

/** The formats of XML that feeds are written in. */
export type XmlFormat = 'rss' | 'atom' | 'rdf';

/** A feed in one small dialect of RSS 2.0 (write-xml.ts), whatever format the document has. */
export interface UnifiedFeed {
  kind: 'feed';
  format: XmlFormat;
  xml: string;
  /** The HTML texts of the items. `xml` holds only their positions in this list. */
  bodies: string[];
  /** Items left out because there are more than MAX_ENTRIES. */
  dropped: number;
  repairs: Repair[];
}

/** `no-root`: not a feed. `cut`: the document stops before there is anything to read. */
export type UnifiedReading =
  | UnifiedFeed
  | { kind: 'no-root' }
  | { kind: 'cut' }
  | { kind: 'too-many-elements' }
  | { kind: 'too-deep' };
