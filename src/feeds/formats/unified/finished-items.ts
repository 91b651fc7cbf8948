import { type FeedDate, readDate } from '../../../text/dates.js';
import { keepNewest, MAX_ENTRIES } from '../newest-entries.js';
import { type Draft, findPageLink, findText } from './draft.js';
import { ITEM_FIELDS } from './fields.js';
import { writeItem } from './write-xml.js';

interface FinishedItem {
  xml: string;
  /** When it was published, in ms. */
  time: number | undefined;
}

/** The items of a document that have been read to their end. At most twice MAX_ENTRIES of them are held at any time. */
export class FinishedItems {
  /** HTML texts. The XML holds only their index in this list: parsing them as XML would take most of the parser's time. */
  readonly bodies: string[] = [];
  /** Items left out because there are more than MAX_ENTRIES. */
  dropped = 0;
  /** Dates that could not be read. */
  badDates = 0;

  private items: FinishedItem[] = [];
  private someHaveGuids = false;

  constructor(private readonly now: Date) {}

  get count(): number {
    return this.items.length;
  }

  /** Adds an item. `feedAuthors` are the authors of items that name none. */
  add(draft: Draft, feedAuthors: readonly string[]): void {
    this.someHaveGuids ||= hasGuid(draft);
    const published = this.chooseDate(draft, ITEM_FIELDS.published);
    const updated = this.chooseDate(draft, ITEM_FIELDS.updated);
    const dated = published ?? updated;
    const xml = writeItem(draft, {
      link: findPageLink(draft),
      published: dated,
      updated,
      authors: chooseAuthors(draft, feedAuthors),
      summaryIndex: this.addBody(findText(draft, ITEM_FIELDS.summary)),
      contentIndex: this.addBody(findText(draft, ITEM_FIELDS.content)),
    });
    this.items.push({ xml, time: dated?.at.getTime() });
    if (this.items.length >= 2 * MAX_ENTRIES) this.dropOldest();
  }

  /** Whether an item that is cut off can be told from others by what is left of it. Its guid may be in the missing part. */
  isIdentifiable(draft: Draft): boolean {
    if (hasGuid(draft) || draft.about !== undefined) return true;
    return !this.someHaveGuids && findPageLink(draft) !== undefined;
  }

  dropOldest(): void {
    const kept = keepNewest(this.items, ({ time }) => time);
    this.dropped += this.items.length - kept.length;
    this.items = kept;
  }

  toXml(): string {
    return this.items.map(({ xml }) => xml).join('');
  }

  private addBody(html: string | undefined): number | undefined {
    return html ? this.bodies.push(html) - 1 : undefined;
  }

  /** The first of these fields that holds a date. */
  private chooseDate(draft: Draft, fields: readonly string[]): FeedDate | undefined {
    for (const field of fields) {
      const text = draft.texts.get(field);
      const date = readDate(text, this.now);
      if (date) return date;
      if (text) this.badDates += 1;
    }
    return undefined;
  }
}

const hasGuid = (draft: Draft) => findText(draft, ITEM_FIELDS.guid) !== undefined;

/** The authors of an item: its own, else its podcasters, else those of its source, else those of the feed (RFC 4287 §4.2.1). */
function chooseAuthors({ people, podcasters, source }: Draft, feedAuthors: readonly string[]): readonly string[] {
  return [people, podcasters, source.people, feedAuthors].find((names) => names.length > 0) ?? [];
}
