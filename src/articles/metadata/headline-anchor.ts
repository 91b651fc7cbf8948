import { type AnyNode, type Element, isTag } from 'domhandler';
import { memoizeByWords, readClassWords } from '../dom/class-words.js';
import { getTextLine } from '../dom/text.js';
import type { Candidate, PageScan } from './scan.js';
import { titleSimilarity } from './similarity.js';
import { UNRELATED_CLASSES } from './words/markup-words.js';

/** Headings of all kinds that are compared with the headline. */
const MAX_HEADINGS = 150;

/** Where the headline stands. What belongs to the article is near it, and not in a part of the page about other things. */
export interface HeadlineAnchor {
  /** Text nodes before the headline; 0 where the page shows none. */
  position: number;
  /** The headline's element and all elements around it. They hold the article, whatever their classes say. */
  ancestors: ReadonlySet<AnyNode>;
}

/** Finds the heading that is most similar to the headline. */
export function locateHeadline({ headings, subheadings, entryTitles }: PageScan, headline: string | undefined): HeadlineAnchor {
  let best: Candidate | undefined;
  let highest = -1;
  for (const candidate of [...headings, ...subheadings, ...entryTitles].slice(0, MAX_HEADINGS)) {
    const similarity = headline ? titleSimilarity(getTextLine(candidate.element), headline) : 0;
    if (similarity > highest) [best, highest] = [candidate, similarity];
    if (similarity === 1) break;
  }
  const ancestors = new Set<AnyNode>();
  for (let node: AnyNode | null = best?.element ?? null; node; node = node.parent) ancestors.add(node);
  return { position: best?.position ?? 0, ancestors };
}

/** Distance of a candidate from the headline, in text nodes; doubled above the headline, where bylines and dates are rare. */
export const distanceFromHeadline = ({ position }: Candidate, headline: HeadlineAnchor): number =>
  position >= headline.position ? position - headline.position : (headline.position - position) * 2;

/** Whether an element is in the article rather than in a menu, a list of other articles, the comments or the page's footer. */
export function isInArticle(element: Element, { ancestors }: HeadlineAnchor): boolean {
  for (let node: AnyNode | null = element; node && isTag(node) && !ancestors.has(node); node = node.parent)
    if (isUnrelated(node) || (node.name === 'footer' && !isArticleFooter(node, ancestors))) return false;
  return true;
}

/** Classes that contain such a word but belong to the article: the foot of a post, and a person's card (microformats2 h-card). */
const ARTICLE_CLASS = /(^|\s)(h-card|(?:post|entry|article)-(?:footer|meta)\S*)/gi;
const hasUnrelatedClass = memoizeByWords((words) => UNRELATED_CLASSES.test(words.replace(ARTICLE_CLASS, ' ')));

const isUnrelated = (element: Element): boolean => element.name === 'nav' || hasUnrelatedClass(readClassWords(element));

/** Sectioning content (HTML, section 3.2.5.2.3), `main` and `body`: what a footer can belong to. */
const SECTIONING = new Set(['article', 'section', 'aside', 'nav', 'main', 'body']);

/**
 * Whether a footer belongs to the article or section with the headline rather than to the page: it belongs to the nearest
 * sectioning element around it (HTML, section 4.3.8). Where the headline is in no article, it precedes the article.
 */
function isArticleFooter(footer: Element, ancestors: ReadonlySet<AnyNode>): boolean {
  let section = footer.parent;
  while (section && isTag(section) && !SECTIONING.has(section.name)) section = section.parent;
  if (section === null || !isTag(section)) return false;
  if (ancestors.has(section)) return section.name === 'article' || section.name === 'section';
  return section.name === 'article' && ![...ancestors].some((node) => isTag(node) && node.name === 'article');
}
