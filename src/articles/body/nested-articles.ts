import { type Element, isTag } from 'domhandler';
import { hasDescendant } from '../dom/relations.js';
import { walk } from '../dom/walk.js';
import type { Measures } from './measure.js';

/** Nested articles are other stories only if they hold less than this share of the body's prose. */
const MAX_PROSE_SHARE = 0.4;
/** A single nested article is another story only if links make up at least this share of its text. */
const MIN_LINK_SHARE = 0.3;

/** The `article` elements within the body that are other stories; none where the body itself is made of such elements. */
export function findNestedArticles(root: Element, measures: Measures): ReadonlySet<Element> {
  const articles = listArticles(root);
  const prose = [...articles].reduce((sum, article) => sum + (measures.get(article)?.prose ?? 0), 0);
  const isOther = prose < (measures.get(root)?.prose ?? 0) * MAX_PROSE_SHARE && !areBody(articles, measures);
  return isOther ? articles : new Set();
}

/** The outermost `article` elements within an element. */
function listArticles(root: Element): ReadonlySet<Element> {
  const articles = new Set<Element>();
  walk(
    root.children,
    (node) => {
      if (!isTag(node) || node.name !== 'article') return true;
      articles.add(node);
      return false;
    },
    () => undefined,
  );
  return articles;
}

function areBody(articles: ReadonlySet<Element>, measures: Measures): boolean {
  if ([...articles].some((article) => hasDescendant(article, /^h1$/))) return true;
  const [first] = articles;
  const own = first && measures.get(first);
  return articles.size === 1 && own !== undefined && own.linkText < own.text * MIN_LINK_SHARE;
}
