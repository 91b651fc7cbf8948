import { type AnyNode, type Document, type Element, isTag, isText } from 'domhandler';
import { present } from '../../text/present.js';
import { memoizeByWords, readClassWords, splitCamelCase } from '../dom/class-words.js';
import { getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { titleSimilarity } from '../metadata/similarity.js';
import { judge, type Known } from './prune.js';

/** Class and id words of what surrounds articles, in the languages that sites name their parts in. */
const CLUTTER =
  /(^|[-_\s])(nav|navbar|navigation|menu|breadcrumbs?|sidebar|aside|footer|masthead|share|sharing|social|related|recommend(ed|ations)?|more-stories|read-more|readmore|see-also|promo|newsletter|subscribe|subscription|signup|comments?|disqus|cookies?|consent|gdpr|banner|advert(isement)?|ads?|ad-slot|sponsor(ed)?|outbrain|taboola|popup|modal|overlay|pagination|pager|tags?|tag-list|topics|byline|author-box|author-bio|bio|credits?|copyright|toolbar|print|kommentare?|werbung|verwandt|mehr-zum-thema|relacionad[oa]s?|comentarios?|publicidad|partager|commentaires?|skip-link|visually-hidden|sr-only|screen-reader-text|hidden|rollover|tooltip|popover|dropdown|flyout|cta|call-to-action|dateline|timestamp|toc|table-of-contents|jp-relatedposts|yarpp|addtoany|sharedaddy|sharebar|sharethis|most-read|popular|trending|read-next|up-next|outstream|inread|breadcrumb-list|recirc|recirculation|upsell|donate|donation|kicker|eyebrow|playlist|abo|regwall|sign-in|signin|log-in|login|register|registration|identity|capping|piano|also-like|next-article|prev-next|post-navigation|key-?points|fact-?box|wp-block-latest-posts|rating-bar|(video|audio|media)-?player|video-js|vjs|jwplayer|plyr|mejs)([-_\s]|$)/i;
/** These hold the article's beginning as often as other articles'. */
const WEAK = /(^|[-_\s])(teasers?|paywall|wall|cards?|featured|highlights?)([-_\s]|$)/i;
/** Share of links in what such words stand on. */
const WEAK_LINKS = 0.3;
/** Posts of social networks that the article shows: their class has words of sharing, but they are its quotations; and code in colours. */
const EMBED =
  /(^|[-_\s])(embed|embeds|embedded|tweet|twitter-tweet|instagram-media|fb-post|tiktok-embed|bluesky-embed|hljs|hljs-\w+|token|highlight|prism)([-_\s]|$)/i;
/** Hidden on some screens alone: utility classes say both in one breath. */
const RESPONSIVE =
  /(^|\s)(hidden|invisible)\s(.*\s)?(sm|md|lg|xl|2xl)[:-](block|flex|grid|inline\S*|visible)|(sm|md|lg|xl|print)[-:_]hidden|hidden[-_](sm|md|lg|xl|xs|print|mobile|desktop|phone|tablet)/i;
/** Words of what holds the article itself: these win over the ones above. */
const CONTENT =
  /(^|[-_\s])(article[-_]*(body|content|text)|story[-_]*(body|content|text)|post[-_]*(body|content|text)|entry[-_]*content|field-+name-(field-)?body|body-?text|main-?content|articlebody|content-?body|artikel(text)?|richtext)([-_\s]|$)/i;
/** Elements that are never the article's text. */
const NEVER = new Set(
  'script style noscript template svg iframe object nav aside footer form button select textarea input dialog title'.split(' '),
);
const PARAGRAPHS = new Set(['p', 'pre', 'blockquote', 'li', 'td', 'dd', 'h2', 'h3', 'h4']);
const INLINE = new Set('a abbr b cite code em font i ins mark q s small span strong sub sup time u'.split(' '));
/** A run of text without paragraphs that is longer is prose, in characters. */
const LOOSE_TEXT = 140;
const CANDIDATES = new Set(['div', 'article', 'section', 'main', 'td', 'body']);
const COMMAS = /[,，、،;；。．]/g;

/** What is known of an element after one pass from the leaves up. */
interface Measure {
  text: number;
  linkText: number;
  /** Text of paragraphs that are long enough to be prose, weighed by their commas. */
  prose: number;
  /** Text of its own lines, in no block below it, links apart: old sites part paragraphs by `<br>` or spans. */
  run: number;
}

export interface FoundBody {
  /** The element that holds the body. */
  root: Element;
  /** The standfirst, where it stands between the headline and the body. */
  standfirst?: Element;
  /** Whether an element in it is no part of the body. */
  isClutter(element: Element): boolean;
  /** Why it is not, in words; undefined for what is. */
  explainDropped(element: Element): string | undefined;
}

/** What class and id say of an element; `weak` is clutter where its text is links for a good part. */
type Verdict = 'clutter' | 'weak' | 'content' | 'none';

const verdictOn = (words: string): Verdict => {
  if (CONTENT.test(words)) return 'content';
  const meant = RESPONSIVE.test(words) ? words.replace(/hidden|invisible/gi, '') : words;
  if (EMBED.test(meant)) return 'none';
  return CLUTTER.test(meant) ? 'clutter' : WEAK.test(meant) ? 'weak' : 'none';
};

/** What class and id say; the same words stand on thousands of elements, so answers are kept. */
const verdictOnBox = memoizeByWords((words) => verdictOn(splitCamelCase(words)));
/** Paragraphs are named by scripts as often as by people: only whole words count. */
const verdictOnParagraph = memoizeByWords(verdictOn);

function verdictOf(element: Element): Verdict {
  const words = readClassWords(element);
  return words === '' ? 'none' : element.name === 'p' ? verdictOnParagraph(words) : verdictOnBox(words);
}

const isHidden = ({ attribs }: Element): boolean =>
  attribs.hidden !== undefined ||
  attribs['aria-hidden'] === 'true' ||
  (attribs.style !== undefined && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribs.style));

const ROLES = /^(navigation|complementary|banner|contentinfo|search|dialog|alertdialog|menu)$/i;

/** A part called clutter that has so much prose is the article in a wrapper with an unlucky name, in weighed characters. */
const MISNAMED_PROSE = 700;
/** These names are meant as they are, however much prose is in them. */
const STRICT = /comment|disqus|related|footer|sidebar|recommend|newsletter|cookie|consent|kommentar/i;

/** Elements that never hold text, wherever they stand. */
const TEXTLESS = new Set('script style noscript template svg iframe object button select textarea input dialog title'.split(' '));

/** Whether an element never holds body text: by what it is, or since nobody sees it. */
const isUseless = (element: Element, wrappers: Wrappers): boolean => {
  if (TEXTLESS.has(element.name)) return true;
  if (wrappers.ofMost.has(element)) return false;
  if (NEVER.has(element.name) || isHidden(element) || (element.attribs.role !== undefined && ROLES.test(element.attribs.role)))
    return true;
  if (wrappers.ofLandmarks.has(element)) return false;
  return isCalledClutter(element) && STRICT.test(readClassWords(element));
};

/** Named by what a page is, not by what is in them. */
const PAGE_PARTS = new Set(['body', 'html', 'article', 'main']);

/** Whether its class or id says that it is something beside the article. */
const isCalledClutter = (element: Element): boolean => !PAGE_PARTS.has(element.name) && verdictOf(element) === 'clutter';

/** Whether what its class or id says of it holds, by what is in it. */
function isClutterByName(element: Element, own: Measure | undefined): boolean {
  if (PAGE_PARTS.has(element.name)) return false;
  const verdict = verdictOf(element);
  if (verdict === 'weak') return own !== undefined && own.linkText > own.text * WEAK_LINKS;
  return verdict === 'clutter' && (own?.prose ?? 0) < MISNAMED_PROSE;
}

/** Elements that are of the page's layout, whatever their class says ("with-sidebar", "has-comments"). */
interface Wrappers {
  /** Around the headline, or around a part that is named as the article's body. */
  ofLandmarks: ReadonlySet<Element>;
  /** Around most of the page's paragraphs: a form around a whole page, a body that a script would unhide. */
  ofMost: ReadonlySet<Element>;
  /** Headings of the first two ranks, and how many `article` elements there are: seen on the way. */
  headings: readonly Element[];
  articles: number;
}

/** Share of the page's paragraph text that makes an element a wrapper of it. */
const MOST = 0.6;
/** Readers may write more than the author: these are never what holds the article. */
const COMMENTS = /comment|disqus|kommentar|comentario/i;

function wrappersOf(document: Document): Wrappers {
  const ofLandmarks = new Set<Element>();
  const lengths = new Map<Element, number>();
  const headings: Element[] = [];
  let articles = 0;
  const open = [0];
  walk(
    document.children,
    (node) => {
      if (!isTag(node) || TEXTLESS.has(node.name)) return false;
      open.push(node.name === 'p' ? directText(node) : 0);
      if (node.name === 'article') articles += 1;
      else if (node.name === 'h1' || node.name === 'h2') headings.push(node);
      if (!isLandmark(node)) return true;
      for (let up = node.parent; up && isTag(up) && !ofLandmarks.has(up); up = up.parent) ofLandmarks.add(up);
      return true;
    },
    (node) => {
      const length = open.pop() ?? 0;
      if (length > 0) lengths.set(node, length);
      open.push((open.pop() ?? 0) + length);
    },
  );
  const total = open[0] ?? 0;
  const ofMost = new Set<Element>();
  for (const [element, length] of lengths) {
    if (length >= total * MOST && !COMMENTS.test(readClassWords(element))) ofMost.add(element);
  }
  return { ofLandmarks, ofMost, headings, articles };
}

const directText = (element: Element): number =>
  element.children.reduce((sum, child) => sum + (isText(child) ? child.data.trim().length : 0), 0);

const isLandmark = (element: Element): boolean =>
  element.name === 'h1' ||
  element.name === 'main' ||
  element.attribs.itemprop === 'articleBody' ||
  (element.name === 'div' && verdictOf(element) === 'content');

/**
 * The main content of a page by the density of its text: one pass from the leaves up measures text, links and prose; the
 * element with the most prose for its links is the body, or the one around it where the siblings are as good.
 */
export function findBody(document: Document, known: Known = { authors: [] }): FoundBody | undefined {
  const wrappers = wrappersOf(document);
  const measures = measure(document, wrappers);
  const root = climb(best(document, measures, articleAround(wrappers, known.title, measures)), measures);
  if (!root) return undefined;
  const teasers = nestedTeasers(root, measures);
  // Asked by the judge, the text and the HTML, of the same elements.
  const answers = new Map<Element, boolean>();
  const isSurely = (element: Element) => {
    const before = answers.get(element);
    if (before !== undefined) return before;
    const now = element !== root && (teasers.has(element) || isSurelyNot(element));
    answers.set(element, now);
    return now;
  };
  const isSurelyNot = (element: Element) =>
    isUseless(element, wrappers) ||
    isClutterByName(element, measures.get(element)) ||
    isLinkBlock(element, measures.get(element));
  const dropped = judge(root, { isClutter: isSurely, isLinkList: (list) => isLinkList(list, measures.get(list)), known });
  const isClutter = (element: Element) => dropped.has(element) || isSurely(element);
  const standfirst = known.title ? findStandfirst(document, root, { title: known.title, isClutter: isSurelyNot }) : undefined;
  const explainDropped = (element: Element) =>
    dropped.get(element) ??
    (!isSurely(element)
      ? undefined
      : teasers.has(element)
        ? 'another article'
        : isUseless(element, wrappers)
          ? 'never text of an article, or hidden'
          : isClutterByName(element, measures.get(element))
            ? 'called clutter by its class'
            : 'links');
  return { root, isClutter, explainDropped, ...present({ standfirst }) };
}

function measure(document: Document, wrappers: Wrappers): Map<AnyNode, Measure> {
  const measures = new Map<AnyNode, Measure>();
  const open: Measure[] = [{ text: 0, linkText: 0, prose: 0, run: 0 }];
  walk(
    document.children,
    (node) => {
      if (isText(node)) {
        const top = open.at(-1);
        const length = node.data.trim().length;
        if (top) top.text += length;
        if (top) top.run += length;
      }
      if (!isTag(node)) return true;
      if (isUseless(node, wrappers)) return false;
      open.push({ text: 0, linkText: 0, prose: 0, run: 0 });
      return true;
    },
    (node) => {
      const own = open.pop();
      const parent = open.at(-1);
      if (!own || !parent) return;
      if (node.name === 'a') [own.linkText, own.run] = [own.text, 0];
      if (INLINE.has(node.name)) parent.run += own.run;
      else if (!PARAGRAPHS.has(node.name) && own.run > LOOSE_TEXT) own.prose += own.run;
      if (PARAGRAPHS.has(node.name)) {
        const plain = own.text - own.linkText;
        own.prose = Math.max(
          own.prose,
          plain >= 25 ? plain * (node.name === 'p' ? 1 : 0.7) + Math.min(commas(node) * 10, plain) : 0,
        );
      }
      measures.set(node, own);
      // A part that is called clutter does not count for what is around it, unless it is full of prose: then it is misnamed.
      if (isClutterByName(node, own)) return;
      parent.text += own.text;
      parent.linkText += own.linkText;
      parent.prose += own.prose;
    },
  );
  return measures;
}

/** Commas of an element's own text nodes: prose has them, menus do not. */
const commas = (element: Element): number =>
  element.children.reduce((count, child) => count + (isText(child) ? (child.data.match(COMMAS)?.length ?? 0) : 0), 0);

/** Text that an article with the page's headline has at the least, to be believed more than one without, in weighed characters. */
const HEADED_PROSE = 150;

/** The `article` element around the headline, where there are others beside it: pages go on with the next stories. */
function articleAround(
  { headings, articles }: Wrappers,
  title: string | undefined,
  measures: ReadonlyMap<AnyNode, Measure>,
): Element | undefined {
  if (!title || articles < 2) return undefined;
  const heading = headings.find((node) => articleOf(node) && titleSimilarity(getTextLine(node), title) > 0.6);
  const found = heading && articleOf(heading);
  return found && (measures.get(found)?.prose ?? 0) >= HEADED_PROSE ? found : undefined;
}

function articleOf(element: Element): Element | undefined {
  let up: AnyNode | null = element;
  while (up && isTag(up) && up.name !== 'article') up = up.parent;
  return up && isTag(up) ? up : undefined;
}

const isInside = (element: Element, outer: Element): boolean => {
  let up: AnyNode | null = element;
  while (up && up !== outer) up = up.parent;
  return up === outer;
};

function best(document: Document, measures: ReadonlyMap<AnyNode, Measure>, headed: Element | undefined): Element | undefined {
  let winner: Element | undefined;
  let highest = 0;
  for (const [node, own] of measures) {
    if (!isTag(node) || !CANDIDATES.has(node.name)) continue;
    if (headed && !isInside(node, headed)) continue;
    // What children hold as a whole counts for the child: the direct share decides, so that body does not always win.
    const direct = node.children.reduce(
      (sum, child) => sum + (isTag(child) && PARAGRAPHS.has(child.name) ? (measures.get(child)?.prose ?? 0) : 0),
      0,
    );
    const loose = own.run > LOOSE_TEXT ? own.run : 0;
    const bonus =
      verdictOf(node) === 'content' || node.attribs.itemprop === 'articleBody' ? 1.5 : node.name === 'article' ? 1.2 : 1;
    const structural = bonus > 1 ? own.prose * 0.9 : own.prose * 0.3;
    const score = (Math.max(direct, structural) + loose) * bonus * (1 - own.linkText / Math.max(1, own.text));
    if (score > highest) [winner, highest] = [node, score];
  }
  return winner ?? document.children.find((node): node is Element => isTag(node) && (measures.get(node)?.text ?? 0) > 0);
}

/** What is around a body has so many times its prose, where it holds more of it. */
const CLEARLY_MORE = 1.25;

/** Goes up while the parent holds clearly more prose at the same density: bodies are split by boxes and pages. */
function climb(start: Element | undefined, measures: ReadonlyMap<AnyNode, Measure>): Element | undefined {
  let root = start;
  for (
    let parent = root?.parent;
    root && parent && isTag(parent) && parent.name !== 'body' && parent.name !== 'html';
    parent = root.parent
  ) {
    const inner = measures.get(root);
    const outer = measures.get(parent);
    // What stands beside an article is another one.
    if (root.name === 'article') break;
    if (!inner || !outer) break;
    if (hasTwin(root, measures) && !holds(root, /^(h1|article)$/)) {
      root = parent;
      continue;
    }
    if (outer.prose < inner.prose * CLEARLY_MORE) {
      const split = boxedTwin(parent, measures);
      if (!split) break;
      root = split;
      continue;
    }
    if (outer.linkText / Math.max(1, outer.text) > inner.linkText / Math.max(1, inner.text) + 0.15) break;
    root = parent;
  }
  return root;
}

const LEAD =
  /(^|[-_\s])(standfirst|dek|deck|lead|lede|leadtext|intro|introduction|summary|subtitle|sub-?headline|subhead|subline|chapeau|chapo|abstract|vorspann|einleitung|anreisser|entradilla|bajada|sommario|occhiello|ingress|excerpt|perex|zajawka|manchet|underrubrik|teaser-text)([-_\s]|$)/i;
const MIN_LEAD = 60;
const MAX_LEAD = 700;

/** The first text of a standfirst's name after the headline and before the body, of one paragraph's length. */
function findStandfirst(
  document: Document,
  root: Element,
  { title, isClutter }: { title: string; isClutter(element: Element): boolean },
): Element | undefined {
  let [headed, ended]: [boolean, boolean] = [false, false];
  let lead: Element | undefined;
  walk(
    document.children,
    (node) => {
      ended ||= node === root || lead !== undefined;
      if (ended || !isTag(node) || isClutter(node)) return false;
      if (node.name === 'h1' && titleSimilarity(getTextLine(node), title) > 0.6) headed = true;
      else if (
        headed &&
        LEAD.test(
          splitCamelCase(`${node.attribs.class ?? ''} ${node.attribs.itemprop === 'description' ? 'lead' : ''}`.slice(0, 300)),
        )
      ) {
        const { length } = getTextLine(node);
        if (length >= MIN_LEAD && length <= MAX_LEAD && !holds(node, /^(h1|li|figure|time)$/)) lead = node;
      }
      return lead === undefined;
    },
    () => undefined,
  );
  return lead;
}

function holds(element: Element, name: RegExp): boolean {
  let found = false;
  walk(
    element.children,
    (node) => {
      found ||= isTag(node) && name.test(node.name);
      return !found;
    },
    () => undefined,
  );
  return found;
}

/** Boxes around a part of a body that are looked at for others like it. */
const MAX_BOXES = 3;

/** What holds a body in several boxes: above a box that holds no more than the part itself, but stands among others like it. */
function boxedTwin(box: Element, measures: ReadonlyMap<AnyNode, Measure>): Element | undefined {
  const own = measures.get(box)?.prose ?? 0;
  let up: Element | null = box;
  for (let i = 0; up && i < MAX_BOXES && (measures.get(up)?.prose ?? 0) < own * CLEARLY_MORE; i += 1) {
    const parent: Element | null = up.parent && isTag(up.parent) ? up.parent : null;
    if (!parent || PAGE_PARTS.has(up.name)) return undefined;
    if (up.attribs.class && hasTwin(up, measures) && !holds(up, /^(h1|article)$/)) return parent;
    up = parent;
  }
  return undefined;
}

/** Whether a sibling of the same name and class has prose too, in the measure of this one: a body in several boxes. */
function hasTwin(element: Element, measures: ReadonlyMap<AnyNode, Measure>): boolean {
  const own = measures.get(element)?.prose ?? 0;
  return (element.parent?.children ?? []).some(
    (child) =>
      child !== element &&
      isTag(child) &&
      child.name === element.name &&
      child.attribs.class === element.attribs.class &&
      (measures.get(child)?.prose ?? 0) > own * TWIN_SHARE,
  );
}
const TWIN_SHARE = 0.3;
/** Share of the body's prose that `article` elements within it have together, at the most, where they are teasers of others. */
const NESTED_SHARE = 0.4;

/** Elements `article` within the body: other articles, but where the body is made of them. */
function nestedTeasers(root: Element, measures: ReadonlyMap<AnyNode, Measure>): ReadonlySet<Element> {
  const found = new Set<Element>();
  let prose = 0;
  walk(
    root.children,
    (node) => {
      if (!isTag(node) || node.name !== 'article') return true;
      found.add(node);
      prose += measures.get(node)?.prose ?? 0;
      return false;
    },
    () => undefined,
  );
  const [first] = found;
  const own = first && measures.get(first);
  // One alone is the article itself, with something beside it; unless it is links.
  const isBody =
    [...found].some((article) => holds(article, /^h1$/)) || (found.size === 1 && own && own.linkText < own.text * WEAK_LINKS);
  return !isBody && prose < (measures.get(root)?.prose ?? 0) * NESTED_SHARE ? found : new Set();
}

const LINK_BLOCKS = new Set(['div', 'section', 'p', 'table', 'dl']);

/** Mostly links, and not much text: a list of other stories. A paragraph that is one link within prose is short of it. */
function isLinkBlock(element: Element, own: Measure | undefined): boolean {
  if (!LINK_BLOCKS.has(element.name) || !own || own.text === 0) return false;
  const share = own.linkText / own.text;
  if (element.name === 'p') return share > 0.9 && own.text > 20 && own.text < 200;
  return share > 0.6 && own.text < 1_000 && (share > 0.9 || !/[.!?。]["”»)]?$/.test(getTextLine(element)));
}

/** A list of links: of the article where it stands between its paragraphs, else of other articles. */
function isLinkList(element: Element, own: Measure | undefined): boolean {
  return (element.name === 'ul' || element.name === 'ol') && own !== undefined && own.linkText > own.text * 0.6;
}
