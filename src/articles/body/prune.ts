import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { memoizeByWords, splitCamelCase } from '../dom/class-words.js';
import { walk } from '../dom/walk.js';
import { isCapitalized, readByline } from '../metadata/byline.js';
import { titleSimilarity } from '../metadata/similarity.js';
import { parseWrittenDate } from '../metadata/written-date.js';

/** What the page's metadata says, to know it again in the body. */
export interface Known {
  title?: string;
  authors: readonly string[];
}

export interface Judging {
  /** What is left out already, with all that is in it. */
  isClutter(element: Element): boolean;
  isLinkList(list: Element): boolean;
  known: Known;
}

/** Why a block is left out, in words for those who ask. */
export type Reason =
  | 'after the end'
  | 'said twice'
  | 'headline'
  | 'byline'
  | 'dateline'
  | 'list of links'
  | 'caption'
  | 'credit'
  | 'said by a machine'
  | 'pointer'
  | 'newsletter'
  | 'biography'
  | 'label'
  | 'heads nothing';

/** A run of text that stands alone: a paragraph, a heading, a list item, a box with a line in it. */
interface Block {
  element: Element;
  text: string;
  /** Characters inside links. */
  linked: number;
  /** Characters in bold or italics. */
  marked: number;
  prose: boolean;
  /** The list of links that it is in. */
  list: Element | undefined;
}

const BLOCKS = new Set(
  'address article aside blockquote body center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td th thead tfoot tr ul'.split(
    ' ',
  ),
);
const MARKS = new Set(['b', 'strong', 'i', 'em']);
const HEADINGS = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
/** More blocks than any article has; the rest of a hostile page is not judged. */
const MAX_BLOCKS = 10_000;
/** Longer texts are not judged by their words, in characters. */
const MAX_JUDGED = 450;
/** A paragraph of this length is prose; CJK says as much with fewer characters. */
const PROSE = 80;
const PROSE_CJK = 30;

const CAPTION =
  /(^|[-_\s])(captions?|credits?|photo-?credits?|image-?credits?|wp-caption-text|bildunterschrift|bildnachweis|legende|pie-de-foto|didascalia|cutline|gallery|galleries|slideshow|slides?|slider|lightbox|img-desc|image-desc|photo-desc|media-meta)([-_\s]|$)/i;
const saysCaption = memoizeByWords((words) => CAPTION.test(splitCamelCase(words)));
/** Said by no author: of players, advertisements, walls and buttons. */
const MACHINE =
  /^(advertisement|advertising|ad|anzeige|werbung|publicidade?|publicité|pub|reklam[ae]?|pubblicità|annonce|sponsored( content)?|広告|广告|إعلان|caption|close|hide|show( more| less)?|loading\W*|watch now|watch|share|print|copy link|save|tweet|email|comments?|reply|view (all|more|comments)|read more|read full (story|article)|learn more|see more|more|continue reading|read next|image \d+ of \d+|\d+ ?\/ ?\d+|skip past .*|media playback is .*|we apologize, but this video .*|try refreshing your browser.*|this video (is|has|can).*|your browser does not .*|please enable javascript.*|externen inhalt anzeigen|empfohlener redaktioneller inhalt|table of contents|contents|inhalt(sverzeichnis)?|article content|article réservé aux abonnés|il vous reste .*|register \/ sign in.*|placeholder image\S*|story continues( below)?( advertisement)?|fehler gefunden\?.*|\d+ ?(min(ute)?s?|min\.?) ?(read|lesezeit|de lecture|de lectura|di lettura)?|[\d,.]+ (views?|shares?|comments?|likes?)|lecture \d+ min\.?|back to (top|video)|.{0,120} back to video|follow a manual added link|follow (us )?on .{1,60}|related( articles| stories| topics| tags| content)?:?|tags?:?|topics?:?|sources?:?|quellen?:?|more:|also read:?|more on this( story)?:?|recommended( videos| for you| reading)?|newsletter|key points)$/i;
/** Begins what points elsewhere; noise where most of it is a link, or where nothing follows. */
const POINTER =
  /^\W{0,4}(read( more| also| next| the)?|see also|see more|watch|listen|related|also( see| read)?|more( on| from| about|:)|recommended|don['’]t miss|you (may|might) (also )?like|check out|click here|join|mehr (zum|dazu|zu|auf|über)|lesen sie|lesetipp|siehe auch|auch interessant|das könnte|weiterlesen|lire (aussi|la suite)|à lire|voir aussi|leia (também|mais)|lea también|lee también|ver más|te puede|le puede|leggi anche|lees ook|läs (också|mer|även)|les også|læs også|czytaj|zobacz|przeczytaj|читайте|смотрите|okuyun|اقرأ|شاهد|funda)(?![\p{L}\p{M}])|^[\s▶■●【]{0,3}(関連|あわせて|もっと|相关|相關|延伸|推荐|推薦|更多|관련 ?(기사|뉴스)|함께 (읽|볼)|ข่าวที่เกี่ยวข้อง|อ่าน(เพิ่ม|ต่อ)|مواضيع ذات صلة|आगे)/iu;
const NEWSLETTER =
  /\b(sign(ing)? up|subscrib(e|ing|ers?)|newsletter|inbox|follow (us|me|him|her|them|@|\w+ on)|get the latest|download (our|the) app|join (our|us|nrplus)|register|sign in|log in|create an account|like us|bookmark|donat(e|ion)|support (our|us)|become a member|abonnieren|unterstützen sie|abonnez|suscríb|assine|iscriviti|whatsapp|telegram channel|exclusive deal|affiliate|commission|earn us)\b/i;
const CREDIT =
  /^\W{0,3}(photos?|fotos?|images?|bild(er)?|pictures?|video|illustration|photograph|imagen|imagem|crédit|credit|image credit|photo credit)s?( credits?)?( by| courtesy)?\s*[:：©(]|^(©|\(c\)\s)|^(photo(graph)?|illustration|image) by\b|\((ap photo|ap|afp|reuters|getty|photo|image|credit|foto|©)[^()]{0,100}\)\W{0,3}$|(getty images|shutterstock|istock|alamy|imago|ap photo|unsplash|pexels|\/reuters|\/afp|\/ap|\/dpa)\W{0,3}$|courtesy of [^.]{2,50}$/i;
const CONTRIBUTED =
  /\b(contributed to this (report|story|article|piece)|(reporting|writing|editing|compiled|edited|additional reporting) by\b|with (files|reports|reporting|input|contributions?) from|(can|may) be reached (at|on|by|via)|reach (him|her|them|me)\b|email(ed)? (him|her|them|me) at|have a tip\?|follow (him|her|them|me|@?\w+( \w+)?) (on|at|@)|(first|originally) (published|appeared|posted)|published (on|in) .{2,40}$|all rights reserved|©|copyright|this (story|article|post|report) (originally|first) |mitarbeit|mit material von|auf twitter folgen)|\S@\S+\.\w{2,}|^(quelle|source|fuente|fonte|bron|kilde|källa|来源|出典)n?\s*[:：]|^\(?(dpa|afp|ap|reuters|apa|sid|ansa|efe|pti|ani)([/-]\w{2,10})*\)?$/i;
const BIO =
  /^(dr\.? |prof\.? )?(?:[\p{Lu}][\p{L}.'’-]+ ){1,4}(is|was|has (been|worked|written|served|covered)|covers|writes|reports|works|joined|lives|leads|hosts|serves|ist|war|arbeitet|schreibt|est|es|è)\b/u;
const BIO_WORDS =
  /\b(reporter|editor|writer|correspondent|columnist|journalist|author|professor|fellow|founder|co-?founder|producer|contributor|consultant|researcher|lecturer|director|analyst|expert|specialist|blogger|strategist|manager|redakteur(in)?|autor(in)?|korrespondent(in)?|auteure?|periodista|covers|writes)\b/i;
const DATED =
  /^(published|updated|last (updated|modified)|posted|first published|publié|mis à jour|veröffentlicht|aktualisiert|publiziert|erstellt|stand\s?:|publicado|actualizado|atualizado|pubblicato|aggiornato|gepubliceerd|opublikowano|yayınlan|опубликовано|发布|更新|公開)(?!\p{L})/iu;
/** Begins what is no longer the article: only where little prose follows. */
const END =
  /^\W{0,3}(related( articles?| posts?| stories| news| content| reading| links| topics)?|more (from|on|stories|news|articles|in)\b.{0,40}|you (may|might) (also |be )?(also )?(like|enjoy|interested in).{0,20}|recommended( for you| reading| articles| stories)?|read (next|more|also)|see also|comments?|leave a (reply|comment)|post a comment|join the (conversation|discussion)|about the authors?|about (us|author)|author( bio)?|tags?|topics|sign up.{0,60}|subscribe.{0,60}|newsletter|get (our|the) .{0,40}newsletter|mehr zum thema.{0,40}|lesen sie auch|das könnte (sie|dich|ihnen).{0,30}|ähnliche (artikel|beiträge)|kommentare?|über den autor|sur le même (sujet|thème)|à lire aussi|commentaires?|articles? (liés?|similaires?)|te puede interesar|noticias relacionadas|artículos relacionados|comentarios?|leia (também|mais)|veja também|você pode gostar.{0,10}|você também pode.{0,20}|potrebbe interessarti|leggi anche|articoli correlati|lees ook|läs (också|mer)|les også|czytaj (też|także|również)|zobacz (też|także)|читайте (также|ещё)|похожие|関連(記事|リンク|ニュース).{0,10}|あわせて読みたい|相关(阅读|新闻|文章|推荐)|相關(閱讀|新聞|文章)|延伸阅读|延伸閱讀|推荐阅读|관련 ?(기사|뉴스)|مواضيع ذات صلة|اقرأ أيضا|ข่าวที่เกี่ยวข้อง)\W{0,3}$/iu;
/** Less than this share of the prose may stand after such a line. */
const END_SHARE = 0.2;

/**
 * What of a body is not of the article, block by block: what machines say, captions and credits, pointers to other
 * articles, newsletters, headline, byline and dateline said again, biographies and all that follows the end.
 */
export function judge(
  root: Element,
  { isClutter, isLinkList, known: { title, authors } }: Judging,
): ReadonlyMap<Element, Reason> {
  const { blocks, boxes } = blocksOf(root, isClutter, isLinkList);
  const dropped = new Map<Element, Reason>();
  const first = blocks.findIndex(({ prose }) => prose);
  const last = blocks.findLastIndex(({ prose }) => prose);
  if (first < 0) return dropped;
  const total = blocks.reduce((sum, { prose, text }) => sum + (prose ? text.length : 0), 0);
  const headline = title
    ? blocks.findIndex(
        ({ element, text }, i) => (i < first || element.name === 'h1') && i <= first + 3 && isHeadline(element, text, title),
      )
    : -1;
  const seen = new Map<string, AnyNode | null>();
  const lists = new Map<Element, boolean>();
  /** Decided by what stands before its first item. */
  const isForeignList = (list: Element, { head, end }: Edge, previous: Block | undefined): boolean => {
    const pointed =
      previous !== undefined && previous.text.length < 90 && (POINTER.test(previous.text) || END.test(previous.text));
    const foreign = lists.get(list) ?? (head || end || pointed || isContents(list));
    lists.set(list, foreign);
    return foreign;
  };
  let after = total;
  let ended = false;
  for (const [i, block] of blocks.entries()) {
    const { element, text } = block;
    if (!ended && i > first && text.length < 90 && END.test(text) && after < total * END_SHARE) ended = true;
    if (block.prose) after -= text.length;
    const edge: Edge = { head: i < first, near: i <= first + 3, tail: i >= last - 2 && after < total * 0.2, end: i > last };
    const repeated = text.length > REPEATED && seen.has(text) && seen.get(text) !== element.parent;
    if (!seen.has(text)) seen.set(text, element.parent);
    const before = i === headline || (i < headline && (i < first || blocks[headline]?.element.name === 'h1'));
    // Asked of each item, whatever else is said of it: the first one decides for all.
    const listed = block.list !== undefined && isForeignList(block.list, edge, blocks[i - 1]);
    const reason = ended
      ? 'after the end'
      : repeated
        ? 'said twice'
        : before
          ? 'headline'
          : listed
            ? 'list of links'
            : isLegend(block, boxes, root)
              ? 'caption'
              : noiseIn(block, edge, authors, title);
    if (reason) dropped.set(element, reason);
  }
  dropSlides(blocks, dropped, root);
  dropEmptyHeadings(blocks, dropped);
  const lengthOf = (some: readonly Block[]) => some.reduce((sum, { text }) => sum + text.length, 0);
  // Where nearly nothing is left the rules were wrong about this page: better all of it than none.
  return lengthOf(blocks.filter(({ element }) => !dropped.has(element))) < lengthOf(blocks) * LEFT_SHARE ? new Map() : dropped;
}

const LEFT_SHARE = 0.15;

/** Texts from this length on are not said twice in different boxes by an author, in characters. */
const REPEATED = 60;

/** Links into the same page: a table of contents. */
function isContents(list: Element): boolean {
  let [all, own] = [0, 0];
  walk(
    [list],
    (node) => {
      if (isTag(node) && node.name === 'a') {
        all += 1;
        own += Number(/^#|^[^?#]*#/.test(node.attribs.href ?? '') && !/^https?:/.test(node.attribs.href ?? ''));
      }
      return true;
    },
    () => undefined,
  );
  return all > 1 && own === all;
}

/** Where a block stands: before the first paragraph, among the last, or after the last. */
interface Edge {
  head: boolean;
  /** Before the first paragraph, or soon after it: what follows a standfirst. */
  near: boolean;
  tail: boolean;
  end: boolean;
}

function noiseIn(block: Block, edge: Edge, authors: readonly string[], title: string | undefined): Reason | undefined {
  const { element, text, linked, marked } = block;
  if (inFigure(element)) return 'caption';
  if (text.length > MAX_JUDGED) return undefined;
  const links = linked / text.length;
  const heading = HEADINGS.has(element.name);
  if (isCaption(element, text)) return 'caption';
  if (element.name === 'pre' || element.name === 'td' || element.name === 'th') return undefined;
  if (MACHINE.test(text)) return 'said by a machine';
  if (
    !heading &&
    POINTER.test(text) &&
    (links > 0.5 || (links > 0.25 && text.length < 200) || (/[:：]\W*$/.test(text) && text.length < 60 && links > 0))
  )
    return 'pointer';
  if (isInside(element, 'blockquote')) return undefined;
  if (CREDIT.test(text) && text.length < 300) return 'credit';
  if (NEWSLETTER.test(text) && text.length < 400) {
    const signs =
      Number(links > 0.15) +
      Number(marked > text.length * 0.9) +
      Number(edge.tail || edge.head) +
      Number(/newsletter|inbox|sign up for our/i.test(text));
    if (signs >= 2) return 'newsletter';
  }
  if ((edge.tail || edge.end) && !heading) {
    if (CONTRIBUTED.test(text)) return 'credit';
    if (
      BIO.test(text) &&
      (BIO_WORDS.test(text) || marked > text.length * 0.9) &&
      (edge.end || marked > text.length * 0.5 || authors.some((name) => text.includes(name)))
    )
      return 'biography';
  }
  if (edge.near || edge.end) {
    if (text.length < 120 && DATED.test(text)) return 'dateline';
    if (text.length < 100 && isByline(text, authors)) return 'byline';
    if (
      text.length < 90 &&
      /\d{4}|\d\d[./]\d\d/.test(text) &&
      parseWrittenDate(text) &&
      !/[.!?。]\s*$/.test(text.replace(/(?:uhr|[ap]\.m)\.$/i, ''))
    )
      return 'dateline';
    if (title && text.length < title.length * 1.4 && text.length > 10 && titleSimilarity(text, title) > 0.85) return 'headline';
    if ((edge.head || edge.end) && links > 0.8 && text.length < 120 && element.name !== 'li') return 'pointer';
  }
  if (edge.head && text.length < 35 && !heading && !/[.!?:。！？：]$/.test(text)) return 'label';
  const label = edge.end && text.length < 60 && element.name !== 'li' && element.name !== 'p' && !/[.!?。！？"”»)]$/.test(text);
  return label ? 'label' : undefined;
}

const isHeadline = (element: Element, text: string, title: string): boolean =>
  HEADINGS.has(element.name) &&
  text.length < title.length * 2.5 &&
  titleSimilarity(text, title) > (element.name === 'h1' ? 0.6 : 0.9);

function isByline(text: string, authors: readonly string[]): boolean {
  if (authors.some((name) => text.includes(name)) && text.length < 60) return true;
  return /^(by|von|par|por|di|text|written by|story by)\b/i.test(text) && readByline(text).some(isCapitalized);
}

function isInside(element: Element, name: string): boolean {
  let up: AnyNode | null = element;
  while (up && isTag(up) && up.name !== name) up = up.parent;
  return up !== null && isTag(up);
}

/** In a figure, all text is caption, but for quotations, tables and code that are set as figures. */
function inFigure(element: Element): boolean {
  for (let up: AnyNode | null = element; up && isTag(up); up = up.parent) {
    if (/^(blockquote|table|pre|td|th)$/.test(up.name)) return false;
    if (up.name === 'figure') return true;
  }
  return false;
}

/** What a block element has in it. */
interface Box {
  length: number;
  pictures: number;
  headings: number;
  captions: number;
}

const PICTURES = new Set(['img', 'picture', 'video', 'amp-img', 'audio']);
/** A longer text beside a picture is a paragraph, in characters. */
const MAX_LEGEND = 250;
const MAX_LEGEND_PARAGRAPH = 140;
/** Characters that a box may have beside the text and still be the picture's. */
const BESIDE = 60;

/** The only text in a box with a picture tells what is on it, unless a caption does. */
function isLegend({ element, text }: Block, boxes: ReadonlyMap<AnyNode, Box>, root: Element): boolean {
  if (
    text.length > (element.name === 'p' ? MAX_LEGEND_PARAGRAPH : MAX_LEGEND) ||
    HEADINGS.has(element.name) ||
    element.name === 'li'
  )
    return false;
  let [box, up]: [Box | undefined, AnyNode | null] = [undefined, element.name === 'p' ? element.parent : element];
  for (; up && up !== root && isTag(up); up = up.parent) {
    const outer = boxes.get(up);
    if (!outer) continue;
    if (outer.length > text.length + BESIDE) break;
    box = outer;
  }
  return box !== undefined && box.pictures > 0 && box.headings === 0 && box.captions === 0;
}

/** By its class, or that of the two elements around it. */
function isCaption(element: Element, text: string): boolean {
  if (text.length > 400 || HEADINGS.has(element.name)) return false;
  let up: AnyNode | null = element;
  for (let i = 0; i < 3 && up && isTag(up); i += 1) {
    if (/^(article|main|body|section|table|blockquote)$/.test(up.name)) return false;
    if (saysCaption(up.attribs.class ?? '') || saysCaption(up.attribs['data-testid'] ?? '')) return true;
    up = up.parent;
  }
  return false;
}

/** "3/50 The quay at night": the number of a picture among many. */
const SLIDE = /^\d{1,3} ?\/ ?(\d{1,3})\b/;
const MIN_SLIDES = 4;
/** An article beside which a show of pictures stands has so much text of its own, in characters. */
const BESIDE_SLIDES = 500;

/** A show of pictures within an article: what is said of them is no part of its text. An article that is one is kept. */
function dropSlides(blocks: readonly Block[], dropped: Map<Element, Reason>, root: Element): void {
  const slides = blocks.filter(({ element, text }) => HEADINGS.has(element.name) && Number(SLIDE.exec(text)?.[1]) >= MIN_SLIDES);
  const [first, last] = [slides[0]?.element, slides.at(-1)?.element];
  if (!first || !last || slides.length < MIN_SLIDES) return;
  const aroundLast = new Set<AnyNode>();
  for (let up: AnyNode | null = last; up && up !== root; up = up.parent) aroundLast.add(up);
  let show: AnyNode | null = first;
  while (show && !aroundLast.has(show)) show = show === root ? null : show.parent;
  if (!show) return;
  const inShow = ({ element }: Block) => {
    let up: AnyNode | null = element;
    while (up && up !== root && up !== show) up = up.parent;
    return up === show;
  };
  const outside = blocks.filter((block) => block.prose && !dropped.has(block.element) && !inShow(block));
  if (outside.reduce((sum, { text }) => sum + text.length, 0) < BESIDE_SLIDES) return;
  for (const block of blocks) if (inShow(block) && !dropped.has(block.element)) dropped.set(block.element, 'caption');
}

/** A heading of which nothing is kept up to the next one of its rank, or to the end, heads nothing. */
function dropEmptyHeadings(blocks: readonly Block[], dropped: Map<Element, Reason>): void {
  let next = 0;
  for (const { element } of blocks.toReversed()) {
    if (dropped.has(element)) continue;
    if (!HEADINGS.has(element.name)) {
      next = 9;
      continue;
    }
    const rank = Number(element.name[1]);
    if (next === 0) dropped.set(element, 'heads nothing');
    else next = rank;
  }
}

function blocksOf(root: Element, isClutter: Judging['isClutter'], isLinkList: Judging['isLinkList']) {
  const blocks: Block[] = [];
  const boxes = new Map<AnyNode, Box>();
  interface Frame {
    element: Element;
    parts: string[];
    linked: number;
    marked: number;
    hasBlocks: boolean;
    /** Characters, with those of the blocks in it. */
    length: number;
    pictures: number;
    headings: number;
    captions: number;
  }
  const open: Frame[] = [];
  let list: Element | undefined;
  let links = 0;
  let marks = 0;
  walk(
    [root],
    (node) => {
      const top = open.at(-1);
      if (isText(node) && top) {
        top.parts.push(node.data);
        const length = node.data.trim().length;
        top.length += length;
        if (links > 0) top.linked += length;
        if (marks > 0) top.marked += length;
      }
      if (!isTag(node)) return true;
      if (node !== root && isClutter(node)) return false;
      if (node === root || BLOCKS.has(node.name)) {
        if (top) top.hasBlocks = true;
        open.push({
          element: node,
          parts: [],
          linked: 0,
          marked: 0,
          hasBlocks: false,
          length: 0,
          pictures: 0,
          headings: 0,
          captions: 0,
        });
      } else if (node.name === 'br') top?.parts.push(' ');
      if (!list && isLinkList(node)) list = node;
      const frame = open.at(-1);
      if (frame && PICTURES.has(node.name)) frame.pictures += 1;
      if (node.name === 'a') links += 1;
      if (MARKS.has(node.name)) marks += 1;
      return true;
    },
    (node) => {
      const within = list;
      if (list === node) list = undefined;
      if (node.name === 'a') links -= 1;
      if (MARKS.has(node.name)) marks -= 1;
      if (open.at(-1)?.element !== node) return;
      const frame = open.pop();
      if (!frame) return;
      boxes.set(node, frame);
      const outer = open.at(-1);
      if (outer) outer.length += frame.length;
      if (outer) outer.pictures += frame.pictures;
      if (outer) outer.captions += frame.captions + Number(node.name === 'figcaption' && frame.length > 0);
      if (outer) outer.headings += frame.headings + Number(HEADINGS.has(node.name));
      const text = frame.parts.join('').replace(/\s+/g, ' ').trim();
      if (text === '' || node === root) return;
      const { element, linked, marked, hasBlocks } = frame;
      const prose = isProse(element, text, linked);
      if ((!hasBlocks || prose) && blocks.length < MAX_BLOCKS)
        blocks.push({ element, text, linked, marked, prose, list: within });
    },
  );
  return { blocks, boxes };
}

function isProse(element: Element, text: string, linked: number): boolean {
  if (HEADINGS.has(element.name) || linked > text.length * 0.5) return false;
  return text.length >= (/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/.test(text) ? PROSE_CJK : PROSE);
}
