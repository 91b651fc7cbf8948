import { isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { getText } from '../dom/text.js';

/** Characters read of a text that has markup. */
const MAX_MARKUP = 2_000;

/** The plain text of a metadata field: some templates escape such fields for HTML or even put markup into them. */
export function stripMarkup(value: string): string {
  if (!/&#?\w{2,8};|<\w/.test(value)) return value;
  return parseDocument(value.slice(0, MAX_MARKUP))
    .children.map((node) => (isText(node) ? node.data : isTag(node) ? getText(node) : ''))
    .join('')
    .trim();
}
