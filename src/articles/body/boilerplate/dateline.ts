import { anyPhrase } from '../../../text/word-list.js';
import { parseWrittenDate } from '../../metadata/written-date.js';
import { DATE_LABELS } from '../words/date-labels.js';

/** Longest lines with a date label and with a date alone, in characters. */
const MAX_LABELED_LENGTH = 120;
const MAX_WRITTEN_LENGTH = 90;
const LABEL = new RegExp(`^(?:${anyPhrase(DATE_LABELS)})(?!\\p{L})`, 'iu');

/** Whether a line opens like "Updated" or "Published". */
export const isLabeledDate = (text: string): boolean => text.length < MAX_LABELED_LENGTH && LABEL.test(text);

/** Whether a line holds a date with a year and is no sentence. */
export const isWrittenDate = (text: string): boolean =>
  text.length < MAX_WRITTEN_LENGTH &&
  /\d{4}|\d\d[./]\d\d/.test(text) &&
  parseWrittenDate(text) !== undefined &&
  !/[.!?。]\s*$/.test(text.replace(/(?:uhr|[ap]\.m)\.$/i, ''));
