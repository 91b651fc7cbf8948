import type { Element } from 'domhandler';
import { titleSimilarity } from '../../metadata/similarity.js';
import { HEADINGS } from '../blocks.js';

/** Whether a heading says what the title says. An `h1` may differ more, for example by a kicker before it. */
export const isHeadline = (element: Element, text: string, title: string): boolean =>
  HEADINGS.has(element.name) &&
  text.length < title.length * 2.5 &&
  titleSimilarity(text, title) > (element.name === 'h1' ? 0.6 : 0.9);

/** Whether a text of any element repeats the title. */
export const isRepeatedTitle = (text: string, title: string): boolean =>
  text.length > 10 && text.length < title.length * 1.4 && titleSimilarity(text, title) > 0.85;
