import { parseDocument } from 'htmlparser2';
import { htmlToText } from '../../src/articles/output/text.js';

/** HTML of a peer as text: the same way as ours, so that the conversion is no difference. */
export const lines = (html: string): string => htmlToText(parseDocument(html).children);
