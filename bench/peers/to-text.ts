import { parseDocument } from 'htmlparser2';
import { htmlToText } from '../../src/articles/output/text.js';

/** Converts another extractor's HTML to text exactly as we convert ours, so that the conversion makes no difference. */
export const toText = (html: string): string => htmlToText(parseDocument(html).children);
