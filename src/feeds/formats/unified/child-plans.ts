import { resolveFeedLink } from '../links.js';
import { toOneLine, toPlainText } from '../plain-text.js';
import type { XmlElement } from '../xml/xml-handler.js';
import { type Attributes, addFile, addLink, addOnce, type Draft, getRel, keepFirst } from './draft.js';
import { detectTextType, type KeepText, type TextType } from './field-text.js';
import { ALL_FIELDS, BODY_FIELDS, TITLE_FIELDS, toFieldName } from './fields.js';

/** How the builder goes on inside a child of a feed or an item. `part` means that its children count as the item's own. */
export type ChildPlan =
  | { kind: 'skipped' | 'part' | 'person' | 'source' | 'list' }
  | { kind: 'field'; type: TextType; keep: KeepText };

const SKIPPED: ChildPlan = { kind: 'skipped' };
const PART: ChildPlan = { kind: 'part' };
const PERSON: ChildPlan = { kind: 'person' };
const SOURCE: ChildPlan = { kind: 'source' };
const LIST: ChildPlan = { kind: 'list' };

interface Child {
  name: string;
  attributes: Attributes;
  draft: Draft;
  /** Whether it belongs to an item, not to the feed. */
  inItem: boolean;
}

/** Takes what a child's attributes say, and decides how the builder goes on inside it. */
export function planChild(
  element: XmlElement,
  draft: Draft,
  { inItem, isAtom }: { inItem: boolean; isAtom: boolean },
): ChildPlan {
  const name = toFieldName(element);
  const plan = PLANS.get(name);
  if (plan) return plan({ name, attributes: element.attributes, draft, inItem });
  if (!ALL_FIELDS.has(name)) return SKIPPED;
  const planMarkup = (keep: KeepText): ChildPlan => ({ kind: 'field', type: detectTextType(element, isAtom), keep });
  if (TITLE_FIELDS.has(name)) {
    return planMarkup((text, isPlain) => keepFirst(draft, name, isPlain ? toOneLine(text) : toPlainText(text)));
  }
  if (BODY_FIELDS.has(name)) return planMarkup((html) => keepFirst(draft, name, html));
  return planText((text) => keepFirst(draft, name, toOneLine(text)));
}

const planText = (keep: KeepText): ChildPlan => ({ kind: 'field', type: 'text', keep });

/** The elements that are more than a text, by field name. */
const PLANS = new Map<string, (child: Child) => ChildPlan>([
  ['link', planLink],
  ['guid', planGuid],
  ['author', () => PERSON],
  ['itunes:owner', () => SKIPPED],
  ['dc:creator', planCreator],
  ['dc:author', planCreator],
  ['itunes:author', planPodcaster],
  ['category', planCategory],
  ['dc:subject', planCategory],
  ['itunes:category', planItunesCategory],
  ['media:category', planMediaCategory],
  ['enclosure', planEnclosure],
  ['media:content', planMediaContent],
  ['media:group', () => PART],
  ['media:thumbnail', planThumbnail],
  ['itunes:image', planCover],
  ['source', planSource],
  ['skiphours', () => LIST],
  ['skipdays', () => LIST],
]);

/** RSS's link is a text, Atom's an attribute. Atom's may be an enclosure. */
function planLink({ name, attributes, draft }: Child): ChildPlan {
  addLink(draft, attributes);
  const rel = getRel(attributes);
  if (rel === 'enclosure') addFile(draft, attributes);
  if (attributes.has('href')) return SKIPPED;
  return planText((text) => {
    if (rel === 'alternate') keepFirst(draft, name, text);
  });
}

function planGuid({ name, attributes, draft }: Child): ChildPlan {
  draft.isGuidLink = attributes.get('ispermalink')?.toLowerCase() !== 'false';
  return planText((text) => keepFirst(draft, name, text));
}

function planCreator({ draft }: Child): ChildPlan {
  return planText((text) => addOnce(draft.people, parsePersonName(text)));
}

function planPodcaster({ draft }: Child): ChildPlan {
  return planText((text) => addOnce(draft.podcasters, parsePersonName(text)));
}

function planCategory({ attributes, draft }: Child): ChildPlan {
  return planText((text) => addOnce(draft.categories, toPlainText(attributes.get('label') || attributes.get('term') || text)));
}

function planItunesCategory({ attributes, draft, inItem }: Child): ChildPlan {
  addOnce(draft.categories, toPlainText(attributes.get('text') ?? ''));
  return inItem ? PART : SKIPPED;
}

function planMediaCategory({ attributes, draft }: Child): ChildPlan {
  return planText((text) => addOnce(draft.categories, toPlainText(attributes.get('label') || text)));
}

function planEnclosure({ attributes, draft }: Child): ChildPlan {
  addFile(draft, attributes);
  return SKIPPED;
}

function planMediaContent({ attributes, draft }: Child): ChildPlan {
  addFile(draft, attributes);
  return PART;
}

function planThumbnail({ attributes, draft }: Child): ChildPlan {
  addOnce(draft.thumbnails, resolveFeedLink(attributes.get('url') ?? attributes.get('href'), draft.base));
  return SKIPPED;
}

function planCover({ attributes, draft }: Child): ChildPlan {
  addOnce(draft.covers, resolveFeedLink(attributes.get('url') ?? attributes.get('href'), draft.base));
  return SKIPPED;
}

/** The feed that an item was taken from: a title with a URL in RSS, a small feed of its own in Atom. */
function planSource({ attributes, draft, inItem }: Child): ChildPlan {
  if (!inItem) return SKIPPED;
  if (!attributes.has('url')) return SOURCE;
  draft.source.url ??= resolveFeedLink(attributes.get('url'), draft.base);
  return planText((text) => {
    draft.source.title ??= toPlainText(text);
  });
}

/** The name in an RSS author, "desk@example.org (The Desk)". A bare address is not a name. */
export function parsePersonName(text: string): string | undefined {
  const name = toPlainText(text);
  const named = /^[^\s@]+@\S+\s+\((.+)\)$/.exec(name)?.[1] ?? name;
  return /^[^\s@]+@\S+$/.test(named) ? undefined : named;
}
