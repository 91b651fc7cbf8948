import { decodeHTMLStrict } from 'entities';
import { replaceInChunks } from './replace-in-chunks.js';
import type { XmlRepairs } from './xml-handler.js';

const REFERENCE = /&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});/g;
const BARE_AMPERSAND = /&(?!#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,8};|[A-Za-z][A-Za-z0-9]{1,31};)/g;
/** Bare ampersands counted per document; more would only cost time. */
const MAX_COUNTED = 1_000;
const XML_ENTITIES = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Resolves the references in a text: XML's five names, numbers, and HTML's names, which XML does not define. Unknown names and
 * bare ampersands stay as they are.
 */
export function resolveReferences(text: string, repairs: XmlRepairs): string {
  if (!text.includes('&')) return text;
  countBareAmpersands(text, repairs);
  const resolve = (reference: string, name: string) => resolveReference(reference, name, repairs);
  return replaceInChunks(text, (chunk) => chunk.replace(REFERENCE, resolve));
}

function countBareAmpersands(text: string, repairs: XmlRepairs): void {
  BARE_AMPERSAND.lastIndex = 0;
  while (repairs.bareAmpersands < MAX_COUNTED && BARE_AMPERSAND.test(text)) repairs.bareAmpersands += 1;
}

function resolveReference(reference: string, name: string, repairs: XmlRepairs): string {
  const known = XML_ENTITIES.get(name);
  if (known !== undefined) return known;
  // As HTML reads numbers: 128 to 159 mean windows-1252 (HTML §13.2.5.80).
  const resolved = decodeHTMLStrict(reference);
  if (name.startsWith('#')) return resolved.replace(/[\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
  if (resolved !== reference) repairs.htmlEntities += 1;
  return resolved;
}
