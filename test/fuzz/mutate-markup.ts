import { pick } from '../faults/random.js';
import { ATTRIBUTES, ELEMENTS, LONG_TEXTS, MARKUP, REFERENCES, TEXTS } from './pieces.js';

type Random = () => number;

/** Tags, comments and the text between them; of those that hold others, the parts. Every character of the source is in a token. */
const TOKEN = /<[^<>]*>|[^<]+|</g;
/** An attribute in a tag, with the space before it. */
const ATTRIBUTE = /\s[^\s=>/"']+(?:\s{0,9}=\s{0,9}(?:"[^"]*"|'[^']*'|[^\s>"']*))?/g;
/** Deepest nesting that is added: beyond the depth at which our readers give up. */
const MAX_DEPTH = 3_000;
/** A repeated piece grows up to this, in characters: nearly the longest document, so that quadratic code passes the time limit. */
const MAX_REPEATED = 900_000;

const below = (count: number, random: Random) => Math.floor(random() * count);
const isTag = (token: string) => /^<\/?[a-z]/i.test(token);

/** A piece many times: mostly some thousand characters, sometimes nearly a million. */
const repeatMuch = (piece: string, random: Random): string =>
  piece.repeat(Math.ceil((MAX_REPEATED * random() ** 6) / (piece.length + 1)));

/** Changes one token into others. */
const TOKEN_MUTATIONS: ((token: string, random: Random) => string)[] = [
  // Presence and order.
  () => '',
  (token, random) => token.repeat(1 + below(4, random)),
  repeatMuch,
  (token, random) => token.slice(0, below(token.length + 1, random)),
  // Names and attributes.
  (token, random) => (isTag(token) ? token.replace(/[^\s<>/]+/, pick(ELEMENTS, random)) : `<${pick(ELEMENTS, random)}>${token}`),
  (token, random) => (isTag(token) ? addAttribute(token, random) : token),
  (token, random) => (isTag(token) ? addAttribute(addAttribute(token, random), random) : addReference(token, random)),
  (token, random) =>
    changeAttribute(token, (attribute) => `${attribute.split('=')[0]}=${quote(pick(TEXTS, random), random)}`, random),
  (token, random) => changeAttribute(token, (attribute) => attribute.repeat(2), random),
  (token, random) => changeAttribute(token, () => '', random),
  // Longer than the limits of fields.
  (token, random) => changeAttribute(token, (attribute) => insertAt(attribute, pick(LONG_TEXTS, random), random), random),
  (token, random) => (isTag(token) ? token : insertAt(token, pick(LONG_TEXTS, random), random)),
  (token, random) => (random() < 0.5 ? token.toUpperCase() : token.replace(/"/g, random() < 0.5 ? "'" : '')),
  (token) => token.replace(/>$/, '/>'),
  // Text and references.
  (token, random) => (isTag(token) ? token : pick(TEXTS, random)),
  (token, random) => token + pick(TEXTS, random),
  addReference,
  (token) => token.replace(/&/g, '&amp;').replace(/</g, '&lt;'),
  (token) => token.replace(/[^<>]/g, (character) => `&#${character.codePointAt(0)};`),
  (token) => `<![CDATA[${token}]]>`,
  (token) => `<!--${token}-->`,
  // What does not belong there.
  (token, random) => token + pick(MARKUP, random),
  (token, random) => pick(MARKUP, random) + token,
  (token, random) => token + repeatMuch(pick([...MARKUP, ...REFERENCES], random), random),
  (token, random) => insertAt(token, pick(MARKUP, random), random),
];

function insertAt(text: string, piece: string, random: Random): string {
  const at = below(text.length + 1, random);
  return text.slice(0, at) + piece + text.slice(at);
}

function addReference(token: string, random: Random): string {
  return insertAt(token, pick(REFERENCES, random).repeat(random() < 0.1 ? 200 : 1), random);
}

function quote(value: string, random: Random): string {
  const mark = pick(['"', "'", '', '"'], random);
  return mark + (mark === '"' ? value.replace(/"/g, '&quot;') : value) + mark;
}

const addAttribute = (tag: string, random: Random) =>
  tag.replace(/\/?>$/, (end) => ` ${pick(ATTRIBUTES, random)}=${quote(pick(TEXTS, random), random)}${end}`);

function changeAttribute(token: string, change: (attribute: string) => string, random: Random): string {
  const attributes = isTag(token) ? (token.match(ATTRIBUTE) ?? []) : [];
  if (attributes.length === 0) return token;
  const chosen = pick(attributes, random);
  return token.replace(chosen, () => change(chosen));
}

/** Changes the order or the nesting of the tokens from `start` to `end`. */
const RANGE_MUTATIONS: ((tokens: string[], start: number, end: number, random: Random) => string[])[] = [
  // Left out, doubled, moved, reversed.
  (tokens, start, end) => tokens.toSpliced(start, end - start),
  (tokens, start, end) => tokens.toSpliced(end, 0, ...tokens.slice(start, end)),
  (tokens, start, end, random) =>
    tokens.toSpliced(start, end - start).toSpliced(below(tokens.length, random), 0, ...tokens.slice(start, end)),
  (tokens, start, end) => tokens.toSpliced(start, end - start, ...tokens.slice(start, end).reverse()),
  (tokens, start, end, random) => {
    return tokens.toSpliced(start, 0, repeatMuch(tokens.slice(start, end).join(''), random));
  },
  // Wrapped, once or deeply, with or without end tags.
  (tokens, start, end, random) => {
    const name = pick(ELEMENTS, random);
    return tokens.toSpliced(start, end - start, `<${name}>`, ...tokens.slice(start, end), `</${name}>`);
  },
  (tokens, start, end, random) => {
    const [name, depth] = [pick(ELEMENTS, random), below(MAX_DEPTH, random)];
    const closing = random() < 0.5 ? `</${name}>`.repeat(depth) : '';
    return tokens.toSpliced(start, end - start, `<${name}>`.repeat(depth), ...tokens.slice(start, end), closing);
  },
  // Elements of two names, each in the other.
  (tokens, start, _, random) => {
    const [one, other] = [pick(ELEMENTS, random), pick(ELEMENTS, random)];
    return tokens.toSpliced(start, 0, `<${one}><${other}>x</${one}>`.repeat(below(400, random)));
  },
  // Cut off.
  (tokens, start) => tokens.slice(0, start + 1),
];

/** Changes markup once: a token, or a range of tokens. `donor` is markup that a range may be taken from. */
export function mutateMarkup(text: string, donor: string, random: Random): string {
  const tokens = text.match(TOKEN) ?? [''];
  const at = below(tokens.length, random);
  const choice = random();
  if (choice < 0.65) return tokens.with(at, pick(TOKEN_MUTATIONS, random)(tokens[at] ?? '', random)).join('');
  if (choice < 0.95) {
    const end = Math.min(tokens.length, at + 1 + below(12, random));
    return pick(RANGE_MUTATIONS, random)(tokens, at, end, random).join('');
  }
  const others = donor.match(TOKEN) ?? [];
  const from = below(others.length, random);
  return tokens.toSpliced(at, 0, ...others.slice(from, from + 1 + below(30, random))).join('');
}
