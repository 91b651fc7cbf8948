import iconv from 'iconv-lite';
import { createRandom } from '../../src/sampler/random.js';
import { pick } from '../faults/random.js';
import { FIXTURES, type Fixture, type Kind } from './fixtures.js';
import { mutateBytes, pickCharset } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';
import { mutateMarkup } from './mutate-markup.js';
import { CHARSETS, CONTENT_TYPES } from './pieces.js';

/** A document as it could be fetched. */
export interface FuzzDocument {
  kind: Kind;
  contentType: string;
  url: string;
  body: Uint8Array;
}

/** When the documents are read. Dates after it are in the future. */
export const NOW = new Date('2026-03-02T12:00:00Z');
/**
 * The longest document, in characters: a tenth of PAGE_MAX_BYTES, so that linear code is far from the time limit, and quadratic
 * code far beyond it.
 */
const MAX_LENGTH = 1_000_000;
const MAX_MUTATIONS = 8;
/** The kinds, each as often as it is to be chosen, however many fixtures there are of it. */
export const KINDS: readonly Kind[] = ['feed', 'page', 'page', 'snippet', 'feed'];

/** Composes a document by mutating one of our own, at random. The same seed gives the same document. */
export function composeDocument(seed: number): FuzzDocument {
  const random = createRandom(seed);
  const kind = pick(KINDS, random);
  const fixture = pick(
    FIXTURES.filter((one) => one.kind === kind),
    random,
  );
  const text = mutateText(fixture, random);
  const charset = random() < 0.1 ? pickCharset(random) : fixture.charset;
  let body = iconv.encode(text, charset === 'shift_jis' ? 'cp932' : charset);
  while (random() < 0.15) body = mutateBytes(body, random);
  return { kind, url: 'https://n.example/a/story', contentType: makeContentType(fixture, random), body };
}

function mutateText(fixture: Fixture, random: () => number): string {
  let { text } = fixture;
  for (let left = Math.ceil(random() ** 2 * MAX_MUTATIONS); left > 0 && text.length < MAX_LENGTH; left -= 1)
    text = fixture.isJson ? mutateJson(text, random) : mutateMarkup(text, pick(FIXTURES, random).text, random);
  return text.slice(0, MAX_LENGTH);
}

function makeContentType({ contentType }: Fixture, random: () => number): string {
  if (random() < 0.8) return contentType;
  return random() < 0.5 ? pick(CONTENT_TYPES, random) : `${contentType.split(';')[0]}; charset=${pick(CHARSETS, random)}`;
}
