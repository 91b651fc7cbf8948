import type { PageProblem } from './article.js';

const TEXTS: Record<PageProblem, string> = {
  'not-html': 'The page is not HTML.',
  'no-text': 'No article text was found on the page.',
  wall: 'The page shows a login form, a subscription form or a bot check instead of the article.',
  'too-deep': 'The elements of the page are nested too deeply.',
};

/** One sentence that says why a page gave no content. */
export const describePageProblem = (problem: PageProblem): string => TEXTS[problem];
