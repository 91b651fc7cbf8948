import { FIELD_LIMITS } from '../../../text/field-limits.js';
import type { Repair } from '../../feed.js';
import { resolveFeedLink } from '../links.js';
import { toOneLine, toPlainText } from '../plain-text.js';
import type { ElementEnd, XmlElement, XmlHandler, XmlRepairs } from '../xml/xml-handler.js';
import { type ChildPlan, parsePersonName, planChild } from './child-plans.js';
import { addOnce, createDraft, type Draft, findPageLink } from './draft.js';
import { detectTextType, FieldText, type KeepText, type TextType } from './field-text.js';
import { toFieldName } from './fields.js';
import { FinishedItems } from './finished-items.js';
import type { UnifiedReading, XmlFormat } from './unified-feed.js';
import { writeDocument } from './write-xml.js';

/** What an element inherits from those around it. */
interface Scope {
  /** The resolved xml:base; undefined if none is declared. */
  base: string | undefined;
  language: string | undefined;
}

/** What an open element is to us. `outside`: before the root of the feed. `markup`: inside a field. */
type Role = 'outside' | 'feed' | 'item' | ChildPlan['kind'] | 'markup';

interface Frame extends Scope {
  role: Role;
}

/** Children of a feed with a title or links that are not those of the feed. */
const UNREAD_CHILDREN = new Set(['image', 'textinput', 'items', 'cloud']);

/** Builds the unified feed from the events of a document: a stack of open elements, and drafts of the feed and of one item. */
export class FeedBuilder implements XmlHandler {
  private readonly frames: Frame[] = [];
  private readonly items: FinishedItems;
  private format: XmlFormat | undefined;
  private feed: Draft | undefined;
  private item: Draft | undefined;
  private field: FieldText | undefined;
  private inSource = false;
  /** The text directly inside a person, outside `name`. */
  private personText = '';
  /** Items dropped because the document is cut off before they can be identified. */
  private halfItems = 0;
  private isCut = false;

  constructor(
    private readonly url: string,
    now: Date,
  ) {
    this.items = new FinishedItems(now);
  }

  /** The feed, once the document has been read. */
  finish(xmlRepairs: XmlRepairs): UnifiedReading {
    const { feed, format, items, halfItems } = this;
    if (!feed || !format) return { kind: 'no-root' };
    items.dropOldest();
    if (this.isCut && items.count === 0 && feed.texts.size === 0) return { kind: 'cut' };
    const { bodies, dropped, badDates } = items;
    const repairs = listRepairs({ ...xmlRepairs, badDates, halfItems, cut: this.isCut ? 1 : 0 });
    return { kind: 'feed', format, xml: writeDocument(feed, items.toXml()), bodies, dropped, repairs };
  }

  impliesEnd(_: XmlElement, next: XmlElement): boolean {
    const role = this.frames.at(-1)?.role;
    if (role === undefined || role === 'feed' || role === 'outside') return false;
    const name = toFieldName(next);
    if (name === 'item' || name === 'entry') return !next.selfClosing;
    if (role !== 'field' && role !== 'markup') return false;
    return this.field?.isEndedBy(name, role === 'markup') ?? false;
  }

  open(element: XmlElement): void {
    const scope = this.enterScope(element);
    this.frames.push({ role: this.enter(element, scope), ...scope });
  }

  text(text: string): void {
    if (this.field) this.field.addText(text);
    else if (this.frames.at(-1)?.role === 'person' && this.personText.length < FIELD_LIMITS.title) this.personText += text;
  }

  close(element: XmlElement, end: ElementEnd): void {
    const frame = this.frames.pop();
    const isCut = end === 'cut';
    switch (frame?.role) {
      case 'markup':
        this.field?.closeMarkup(element);
        break;
      case 'field':
        this.closeField(frame.base ?? this.url, isCut);
        break;
      case 'person':
        addOnce(this.currentPeople, parsePersonName(this.personText));
        break;
      case 'source':
        this.inSource = false;
        break;
      case 'item':
        this.closeItem(isCut);
        break;
      case 'feed':
        this.isCut ||= isCut;
    }
  }

  private enterScope({ attributes }: XmlElement): Scope {
    const outer = this.frames.at(-1);
    const base = attributes.get('xml:base');
    return {
      base: (base === undefined ? undefined : resolveFeedLink(base, outer?.base ?? this.url)) ?? outer?.base,
      language: attributes.get('xml:lang') ?? outer?.language,
    };
  }

  /** Takes note of a start tag. Returns the role of its element, which follows from the role of the element around it. */
  private enter(element: XmlElement, scope: Scope): Role {
    switch (this.frames.at(-1)?.role) {
      case undefined:
      case 'outside':
        return this.enterRoot(element, scope);
      case 'feed':
        return this.enterInFeed(element, scope);
      case 'item':
      case 'part':
        return this.enterChild(element, this.item);
      case 'person':
        return this.enterInPerson(element);
      case 'source':
        return this.enterInSource(element);
      case 'list':
        return this.enterInList(element);
      case 'field':
      case 'markup':
        this.field?.openMarkup(element, scope.base ?? this.url);
        return 'markup';
      case 'skipped':
        return 'skipped';
    }
  }

  private enterRoot(element: XmlElement, scope: Scope): Role {
    this.format ??= detectFormat(element);
    if (this.format === undefined) return 'outside';
    this.feed ??= this.createDraft(element, scope);
    // An entry can be a document of its own (RFC 4287 §2).
    if (toFieldName(element) === 'entry') this.item = this.createDraft(element, scope);
    return this.item ? 'item' : 'feed';
  }

  private enterInFeed(element: XmlElement, scope: Scope): Role {
    const name = toFieldName(element);
    if (name === 'item' || name === 'entry') {
      this.item = this.createDraft(element, scope);
      return 'item';
    }
    if (name === 'channel') {
      // The channel's own xml:base and xml:lang hold for the feed.
      if (this.feed) Object.assign(this.feed, { base: scope.base ?? this.feed.base, language: scope.language });
      return 'feed';
    }
    return UNREAD_CHILDREN.has(element.name) ? 'skipped' : this.enterChild(element, this.feed);
  }

  private createDraft({ attributes }: XmlElement, { base, language }: Scope): Draft {
    const siteUrl = this.feed && findPageLink(this.feed);
    return createDraft(attributes.get('about'), base ?? siteUrl ?? this.url, language);
  }

  private enterChild(element: XmlElement, draft: Draft | undefined): Role {
    if (!draft) return 'skipped';
    const plan = planChild(element, draft, { inItem: draft === this.item, isAtom: this.isAtom });
    if (plan.kind === 'field') return this.enterField(element, plan.type, plan.keep);
    if (plan.kind === 'source') this.inSource = true;
    if (plan.kind === 'person') this.personText = '';
    return plan.kind;
  }

  /** Atom names a person in an element of its own, RSS in the text. */
  private enterInPerson(element: XmlElement): Role {
    if (element.name !== 'name') return 'skipped';
    return this.enterField(element, 'text', (name) => {
      addOnce(this.currentPeople, toOneLine(name));
      this.personText = '';
    });
  }

  private enterInSource(element: XmlElement): Role {
    const { item } = this;
    switch (element.name) {
      case 'author':
        this.personText = '';
        return 'person';
      case 'title':
        return this.enterField(element, detectTextType(element, this.isAtom), (title) => {
          if (item) item.source.title ??= toPlainText(title);
        });
      case 'link':
        if (item) item.source.url ??= resolveFeedLink(element.attributes.get('href'), item.base);
    }
    return 'skipped';
  }

  /** Inside skipHours or skipDays. */
  private enterInList(element: XmlElement): Role {
    return this.enterField(element, 'text', (text) => {
      if (element.name === 'hour') addOnce(this.feed?.skipHours ?? [], text.trim());
      if (element.name === 'day') addOnce(this.feed?.skipDays ?? [], text.trim());
    });
  }

  private enterField(element: XmlElement, type: TextType, keep: KeepText): Role {
    this.field = new FieldText(element, type, this.isAtom, keep);
    return 'field';
  }

  private closeField(base: string, isCut: boolean): void {
    const { field } = this;
    this.field = undefined;
    field?.close(base, isCut);
  }

  private closeItem(isCut: boolean): void {
    const { item, items, isAtom } = this;
    // Only in Atom are the feed's authors those of its entries.
    if (item && (!isCut || items.isIdentifiable(item))) items.add(item, isAtom ? (this.feed?.people ?? []) : []);
    else this.halfItems += 1;
    this.item = undefined;
  }

  private get isAtom(): boolean {
    return this.format === 'atom';
  }

  /** The list that a person found now belongs to. */
  private get currentPeople(): string[] {
    return (this.inSource ? this.item?.source.people : (this.item ?? this.feed)?.people) ?? [];
  }
}

/** The format of a document with this root element; undefined if it is not a feed's. */
function detectFormat({ name, vocabulary }: XmlElement): XmlFormat | undefined {
  if (vocabulary === 'xhtml') return undefined;
  return ROOTS.get(name);
}

const ROOTS = new Map<string, XmlFormat>([
  ['feed', 'atom'],
  ['entry', 'atom'],
  ['rdf', 'rdf'],
  ['rss', 'rss'],
  ['channel', 'rss'],
]);

const listRepairs = (counts: Record<Repair['kind'], number>): Repair[] =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => ({ kind: kind as Repair['kind'], count }));
