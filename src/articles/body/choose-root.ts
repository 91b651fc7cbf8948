import { type Document, type Element, isTag } from 'domhandler';
import { findClosest, isWithin } from '../dom/relations.js';
import { getTextLine } from '../dom/text.js';
import { titleSimilarity } from '../metadata/similarity.js';
import { readClassVerdict } from './class-verdict.js';
import type { PageLayout } from './layout.js';
import { type Measure, type Measures, MIN_LOOSE_PROSE, PARAGRAPHS } from './measure.js';

const CANDIDATES = new Set(['div', 'article', 'section', 'main', 'td', 'body']);
/** Prose with which an `article` element around the headline is preferred to longer ones, in weighted characters. */
const MIN_HEADED_PROSE = 150;

/**
 * The element with the most prose for its share of links. If an `article` element holds the page's headline, only elements in
 * it are considered. Falls back to the first top-level element with text; undefined on a page without any.
 */
export function chooseRoot(
  document: Document,
  { layout, measures, title }: { layout: PageLayout; measures: Measures; title: string | undefined },
): Element | undefined {
  const headed = findHeadedArticle(layout, title, measures);
  let best: Element | undefined;
  let bestScore = 0;
  for (const [node, own] of measures) {
    if (!isTag(node) || !CANDIDATES.has(node.name)) continue;
    if (headed && !isWithin(node, headed)) continue;
    const score = scoreCandidate(node, own, measures);
    if (score > bestScore) [best, bestScore] = [node, score];
  }
  return best ?? document.children.find((node): node is Element => isTag(node) && (measures.get(node)?.text ?? 0) > 0);
}

/** The `article` element around the headline, on a page with several: many pages continue with the next stories. */
function findHeadedArticle(
  { headings, articleCount }: PageLayout,
  title: string | undefined,
  measures: Measures,
): Element | undefined {
  if (!title || articleCount < 2) return undefined;
  const heading = headings.find((node) => findClosest(node, 'article') && titleSimilarity(getTextLine(node), title) > 0.6);
  const article = heading && findClosest(heading, 'article');
  return article && (measures.get(article)?.prose ?? 0) >= MIN_HEADED_PROSE ? article : undefined;
}

/**
 * Counts the prose of an element's own paragraphs in full and that of deeper ones in part: otherwise `body`, which holds
 * everything, would always win.
 */
function scoreCandidate(element: Element, own: Measure, measures: Measures): number {
  const ownParagraphs = element.children.reduce(
    (sum, child) => sum + (isTag(child) && PARAGRAPHS.has(child.name) ? (measures.get(child)?.prose ?? 0) : 0),
    0,
  );
  const loose = own.looseText > MIN_LOOSE_PROSE ? own.looseText : 0;
  const bonus = nameBonus(element);
  const allProse = own.prose * (bonus > 1 ? 0.9 : 0.3);
  return (Math.max(ownParagraphs, allProse) + loose) * bonus * (1 - own.linkText / Math.max(1, own.text));
}

function nameBonus(element: Element): number {
  if (readClassVerdict(element) === 'body' || element.attribs.itemprop === 'articleBody') return 1.5;
  return element.name === 'article' ? 1.2 : 1;
}
