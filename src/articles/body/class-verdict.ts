import type { Element } from 'domhandler';
import { anyPattern } from '../../text/word-list.js';
import { memoizeByWords, readClassWords, splitCamelCase } from '../dom/class-words.js';
import { hasBodyClass } from './words/body-classes.js';
import { AMBIGUOUS_CLASSES, CLUTTER_CLASSES, EMBED_CLASSES } from './words/clutter-classes.js';

/** What an element's class and id say of it. `ambiguous` is clutter where much of its text is links. */
export type ClassVerdict = 'clutter' | 'ambiguous' | 'body' | 'none';

/** Utility classes of what is hidden on some screens only, such as "hidden md:block" and "md:hidden". */
const HIDDEN_ON_SOME_SCREENS = new RegExp(
  anyPattern([
    /(?:^|\s)(?:hidden|invisible)\s(?:.*\s)?(?:sm|md|lg|xl|2xl)[:-](?:block|flex|grid|inline\S*|visible)/,
    /(?:sm|md|lg|xl|print)[-:_]hidden/,
    /hidden[-_](?:sm|md|lg|xl|xs|print|mobile|desktop|phone|tablet)/,
  ]),
  'i',
);

function classify(words: string): ClassVerdict {
  if (hasBodyClass(words)) return 'body';
  const relevant = HIDDEN_ON_SOME_SCREENS.test(words) ? words.replace(/hidden|invisible/gi, '') : words;
  if (EMBED_CLASSES.test(relevant)) return 'none';
  if (CLUTTER_CLASSES.test(relevant)) return 'clutter';
  return AMBIGUOUS_CLASSES.test(relevant) ? 'ambiguous' : 'none';
}

const classifyBox = memoizeByWords((words) => classify(splitCamelCase(words)));
/** Classes of paragraphs are often generated, so words joined in camel case do not count. */
const classifyParagraph = memoizeByWords(classify);

/** What an element's class and id say of it. */
export function readClassVerdict(element: Element): ClassVerdict {
  const words = readClassWords(element);
  if (words === '') return 'none';
  return element.name === 'p' ? classifyParagraph(words) : classifyBox(words);
}
