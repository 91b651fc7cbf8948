import { FIELD_LIMITS } from '../text/field-limits.js';
import { present } from '../text/present.js';
import { parseFeedAddress } from './discover.js';
import { toOneLine } from './formats/plain-text.js';
import { findPrefix } from './formats/xml/namespaces.js';
import { XmlPieces } from './formats/xml/parse-xml.js';
import type { XmlElement, XmlHandler } from './formats/xml/xml-handler.js';
import { FOLDER_SEPARATOR, MAX_FOLDER_DEPTH, OPML_NAMESPACE, type OpmlFeed, toSiteUrl } from './opml.js';
import { type OpmlSettings, readSettings } from './opml-settings.js';

/** Feeds taken from one file. To tell those that occur twice, their addresses are kept: about 100 bytes each. */
const MAX_FEEDS = 5_000_000;
/** Elements in one file: every feed in a folder of its own would be twice as many as feeds. */
const MAX_ELEMENTS = 2 * MAX_FEEDS;
/** Problems listed; nobody fixes more by hand. The rest are counted. */
const MAX_PROBLEMS = 1_000;
/** Characters of a URL that are shown in a problem. */
const MAX_SHOWN_URL = 200;
/** Characters of an element's name that are shown in a reason. */
const MAX_SHOWN_NAME = 50;

/** Reads the subscriptions in an OPML file (OPML 2.0, "Subscription lists"), in whatever folders they are, piece by piece. */
export class OpmlReader {
  private readonly outlines = new OutlineReader();
  private readonly xml = new XmlPieces(this.outlines, { maxElements: MAX_ELEMENTS });
  /** Why the file is not OPML, or not all of it was read; undefined when nothing is wrong so far. */
  refusal: string | undefined;

  /** Reads the next piece. @returns the feeds that it completes: none once the file is refused */
  write(piece: string): OpmlFeed[] {
    const excess = this.xml.write(piece);
    return this.takeFeeds(excess);
  }

  /** Ends the file. @returns its last feeds */
  end(): OpmlFeed[] {
    const reading = this.xml.end();
    if (this.outlines.root === undefined) this.refusal ??= 'it is not XML';
    return this.takeFeeds(reading.kind === 'read' ? undefined : reading);
  }

  /** Outlines that could not be used, in words. */
  get problems(): string[] {
    return this.outlines.listProblems();
  }

  /** Feeds that occur more than once. They are imported once. */
  get duplicates(): readonly string[] {
    return this.outlines.duplicates;
  }

  private takeFeeds(excess: { kind: string } | undefined): OpmlFeed[] {
    const { root } = this.outlines;
    if (root !== undefined && root !== 'opml')
      this.refusal ??= `it starts with <${root.slice(0, MAX_SHOWN_NAME)}>, not with <opml>`;
    if (excess) this.refusal ??= 'it has too many elements, they are nested too deeply, or one is too long';
    return this.refusal === undefined ? this.outlines.takeFeeds() : [];
  }
}

/** Collects feeds from the outlines of a file. */
class OutlineReader implements XmlHandler {
  /** The name of the root element. */
  root: string | undefined;
  /** What occurs more than once, in words. */
  readonly duplicates: string[] = [];
  /** The feeds that were found and not taken yet. */
  private feeds: OpmlFeed[] = [];
  private readonly addresses = new Set<string>();
  /** For each open outline, the folder of its children. */
  private readonly folders: string[] = [];
  private readonly problems: string[] = [];
  private unlistedProblems = 0;

  open(element: XmlElement): void {
    const { name, attributes } = element;
    this.root ??= name;
    if (name !== 'outline') return;
    const url = attributes.get('xmlurl')?.trim();
    const title = toOneLine(attributes.get('title') || (attributes.get('text') ?? '')).slice(0, FIELD_LIMITS.title);
    const folder = this.folders.at(-1) ?? '';
    this.folders.push(this.nameFolder(folder, url ? '' : title));
    if (url) this.addFeed(url, title, folder, element);
    else if (/^(rss|atom|feed)$/i.test(attributes.get('type') ?? '')) this.report(`${title || 'an outline'}: it has no xmlUrl`);
  }

  text(): void {
    // An outline has only attributes.
  }

  close({ name }: XmlElement): void {
    if (name === 'outline') this.folders.pop();
  }

  impliesEnd(): boolean {
    return false;
  }

  takeFeeds(): OpmlFeed[] {
    const taken = this.feeds;
    this.feeds = [];
    return taken;
  }

  listProblems(): string[] {
    return this.unlistedProblems > 0
      ? [...this.problems, `and ${this.unlistedProblems} more that are not listed`]
      : this.problems;
  }

  /** The folder inside an outline with this title. */
  private nameFolder(outer: string, title: string): string {
    if (title === '' || this.folders.length >= MAX_FOLDER_DEPTH) return outer;
    return [outer, title].filter(Boolean).join(FOLDER_SEPARATOR).slice(0, FIELD_LIMITS.title);
  }

  private addFeed(url: string, title: string, folder: string, element: XmlElement): void {
    const shownUrl = url.slice(0, MAX_SHOWN_URL);
    const label = title && title !== url ? `${title} <${shownUrl}>` : shownUrl;
    const address = parseFeedAddress(url);
    if (!address) this.report(`${label}: not an http or https URL`);
    else if (this.addresses.has(address)) this.reportDuplicate(label);
    else if (this.addresses.size >= MAX_FEEDS) this.report(`${label}: not among the first ${MAX_FEEDS} feeds`);
    else {
      const about = {
        title: title && title !== url ? title : undefined,
        folder: folder || undefined,
        siteUrl: toSiteUrl(element.attributes.get('htmlurl')),
      };
      this.addresses.add(address);
      this.feeds.push({ url: address, ...present(about), ...this.readSettings(element, label) });
    }
  }

  private readSettings({ attributes, namespaces }: XmlElement, label: string): OpmlSettings {
    const prefix = findPrefix(namespaces, OPML_NAMESPACE);
    if (prefix === undefined) return {};
    const { settings, unusable } = readSettings((name) => attributes.get(`${prefix}:${name.toLowerCase()}`));
    for (const name of unusable) this.report(`${label}: ${name} has a value that can't be used, so the default applies`);
    return settings;
  }

  private reportDuplicate(label: string): void {
    if (this.duplicates.length < MAX_PROBLEMS) this.duplicates.push(label);
  }

  private report(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    else this.unlistedProblems += 1;
  }
}
