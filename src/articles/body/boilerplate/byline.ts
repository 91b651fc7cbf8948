import { isCapitalized, readByline } from '../../metadata/byline.js';

/** Bylines are shorter than this, in characters; those recognized only by an author's name are shorter still. */
const MAX_LENGTH = 100;
const MAX_NAMED_LENGTH = 60;
/** Fewer words than the metadata know (`beginsAsByline`): in a body, "记者：" (reporter) opens the questions of an interview. */
const OPENING = /^(by|von|par|por|di|text|written by|story by)\b/i;

/** Whether a line names an author known from the metadata, or opens with "by" and names a person. */
export function isByline(text: string, authors: readonly string[]): boolean {
  if (text.length >= MAX_LENGTH) return false;
  if (text.length < MAX_NAMED_LENGTH && authors.some((name) => text.includes(name))) return true;
  return OPENING.test(text) && readByline(text).some(isCapitalized);
}
