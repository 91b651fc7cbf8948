import { FIELD_LIMITS } from '../text/field-limits.js';
import { present } from '../text/present.js';
import { parseFeedAddress } from './discover.js';
import { toOneLine } from './formats/plain-text.js';
import { findPrefix } from './formats/xml/namespaces.js';
import { parseXml } from './formats/xml/parse-xml.js';
import type { XmlElement, XmlHandler } from './formats/xml/xml-handler.js';
import { FOLDER_SEPARATOR, MAX_FOLDER_DEPTH, OPML_NAMESPACE, type OpmlFeed, toSiteUrl } from './opml.js';
import { type OpmlSettings, readSettings } from './opml-settings.js';

/** Longest file, in characters: about 50,000 feeds, more than anybody reads. */
const MAX_CHARACTERS = 10_000_000;
/** Feeds taken from one file. */
const MAX_FEEDS = 100_000;
/** Problems listed; nobody fixes more by hand. The rest are counted. */
const MAX_PROBLEMS = 1_000;
/** Characters of a URL that are shown in a problem. */
const MAX_SHOWN_URL = 200;
/** Characters of an element's name that are shown in a reason. */
const MAX_SHOWN_NAME = 50;

/** The feeds in an OPML file, or why it is not one. */
export type OpmlReading =
  | {
      kind: 'opml';
      feeds: OpmlFeed[];
      /** Outlines that could not be used, in words. */
      problems: string[];
      /** Feeds that occur more than once. They are imported once. */
      duplicates: string[];
    }
  | { kind: 'not-opml'; reason: string };

/** Reads the subscriptions in an OPML file (OPML 2.0, "Subscription lists"), in whatever folders they are. */
export function readOpml(text: string): OpmlReading {
  if (text.length > MAX_CHARACTERS) return refuse(`it is longer than ${MAX_CHARACTERS} characters`);
  const outlines = new OutlineReader();
  const reading = parseXml(text.replace(/^\uFEFF/, ''), outlines);
  if (reading.kind !== 'read') return refuse('it has too many elements, or they are nested too deeply');
  if (outlines.root === undefined) return refuse('it is not XML');
  if (outlines.root !== 'opml') return refuse(`it starts with <${outlines.root.slice(0, MAX_SHOWN_NAME)}>, not with <opml>`);
  return outlines.finish();
}

const refuse = (reason: string): OpmlReading => ({ kind: 'not-opml', reason });

/** Collects feeds from the outlines of a file. */
class OutlineReader implements XmlHandler {
  /** The name of the root element. */
  root: string | undefined;
  private readonly feeds = new Map<string, OpmlFeed>();
  /** For each open outline, the folder of its children. */
  private readonly folders: string[] = [];
  private readonly problems: string[] = [];
  private readonly duplicates: string[] = [];
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

  finish(): OpmlReading {
    const problems = [...this.problems];
    if (this.unlistedProblems > 0) problems.push(`and ${this.unlistedProblems} more that are not listed`);
    return { kind: 'opml', feeds: [...this.feeds.values()], problems, duplicates: this.duplicates.slice(0, MAX_PROBLEMS) };
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
    else if (this.feeds.has(address)) this.duplicates.push(label);
    else if (this.feeds.size >= MAX_FEEDS) this.report(`${label}: not among the first ${MAX_FEEDS} feeds`);
    else {
      const about = {
        title: title && title !== url ? title : undefined,
        folder: folder || undefined,
        siteUrl: toSiteUrl(element.attributes.get('htmlurl')),
      };
      this.feeds.set(address, { url: address, ...present(about), ...this.readSettings(element, label) });
    }
  }

  private readSettings({ attributes, namespaces }: XmlElement, label: string): OpmlSettings {
    const prefix = findPrefix(namespaces, OPML_NAMESPACE);
    if (prefix === undefined) return {};
    const { settings, unusable } = readSettings((name) => attributes.get(`${prefix}:${name.toLowerCase()}`));
    for (const name of unusable) this.report(`${label}: ${name} has a value that can't be used, so the default applies`);
    return settings;
  }

  private report(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    else this.unlistedProblems += 1;
  }
}
