import { present } from '../../text/present.js';

/** An object of structured data, as parsed: none of its fields is checked. */
export type JsonObject = Record<string, unknown>;

/** Characters of the longest script that is parsed; longer ones describe something other than an article. */
const MAX_SOURCE = 500_000;
/** The most objects that are collected from one script. */
const MAX_OBJECTS = 500;
/** schema.org types of texts with an author. */
const ARTICLE_TYPE = /(Article|BlogPosting|SocialMediaPosting|LiveBlogPosting|Report|Review|Recipe|HowTo)$/;

/**
 * Collects the objects of a JSON-LD script, those in lists, graphs and main entities included. Broken JSON is repaired where
 * possible; the list is empty where nothing can be read.
 */
export function parseJsonLd(source: string): JsonObject[] {
  if (source.length > MAX_SOURCE) return [];
  const objects: JsonObject[] = [];
  const queue: unknown[] = [parseLeniently(source)];
  for (let i = 0; i < queue.length && objects.length < MAX_OBJECTS && i < MAX_OBJECTS * 4; i += 1) {
    const next = queue[i];
    if (Array.isArray(next)) queue.push(...next.slice(0, MAX_OBJECTS));
    else if (isJsonObject(next)) {
      objects.push(next);
      queue.push(...[next['@graph'], next.mainEntity, next.mainEntityOfPage].filter((part) => typeof part === 'object'));
    }
  }
  return objects;
}

/** Finds the object that describes the article: the first with a headline and a date, else the first of an article's type. */
export function findArticle(objects: readonly JsonObject[]): JsonObject | undefined {
  const articles = objects.filter((object) => hasType(object, ARTICLE_TYPE));
  return articles.find(({ headline, datePublished }) => headline !== undefined && datePublished !== undefined) ?? articles[0];
}

/** Finds the object that describes the page. Its date serves where no object describes the article. */
export const findWebPage = (objects: readonly JsonObject[]): JsonObject | undefined =>
  objects.find((object) => hasType(object, /^(Web|Item)Page$/));

/** Whether a value is an object, and neither a list nor null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether one of an object's types (`@type`) matches. */
export const hasType = (object: JsonObject, type: RegExp): boolean =>
  [object['@type']].flat().some((name) => typeof name === 'string' && type.test(name));

/** Follows a reference by `@id` to the named object that it means; returns any other value as it is. */
export function resolveReference(value: unknown, objects: readonly JsonObject[]): unknown {
  if (!isJsonObject(value) || typeof value['@id'] !== 'string' || value.name !== undefined) return value;
  return objects.find((object) => object['@id'] === value['@id'] && object.name !== undefined) ?? value;
}

/** The first value of a list; any other value as it is. */
export const firstValue = (value: unknown): unknown => (Array.isArray(value) ? (value[0] as unknown) : value);

/** A text or number, or the first of a list, as trimmed text. Undefined where it is blank or of another type. */
export function readText(value: unknown): string | undefined {
  const first = firstValue(value);
  if (typeof first === 'number') return String(first);
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : undefined;
}

/** The name of an object or of the first of a list; a text stands for its own name. */
export function readName(value: unknown): string | undefined {
  const first = firstValue(value);
  return readText(isJsonObject(first) ? first.name : first);
}

/** Parses the source as it is without the comment or CDATA marks around it; then repaired; at last field by field. */
function parseLeniently(source: string): unknown {
  const text = source
    .replace(/^\s*(<!--|\/\*\s*<!\[CDATA\[\s*\*\/|\/\/\s*<!\[CDATA\[|<!\[CDATA\[)/, '')
    .replace(/(-->|\/\*\s*\]\]>\s*\*\/|\]\]>|;)\s*$/, '');
  return tryParse(text) ?? tryParse(repairJson(text)) ?? extractKeyFields(text);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Repairs control characters in strings, trailing commas, `\'`, and objects that follow each other without a list. */
function repairJson(text: string): string {
  const line = text
    .replace(/[\u0000-\u001f]/g, ' ')
    .replace(/,\s{0,100}([}\]])/g, '$1')
    .replace(/\\'/g, "'");
  return /\}\s{0,100}\{/.test(line) ? `[${line.replace(/\}\s{0,100}\{/g, '},{')}]` : line;
}

/** The name of the first author: of an object, of the first object in a list, or a plain text. */
const AUTHOR_FIELD = new RegExp(
  [
    String.raw`"author"\s{0,20}:\s{0,20}[[{\s]{0,40}`,
    String.raw`(?:"@type"\s{0,20}:\s{0,20}"\w{1,40}"\s{0,20},\s{0,20})?`,
    String.raw`(?:"name"\s{0,20}:\s{0,20})?"([^"\n]{1,100})"`,
  ].join(''),
);

/** Reads the most important fields from JSON that cannot be repaired: quotes that are not escaped, or an end that is missing. */
function extractKeyFields(text: string): JsonObject | undefined {
  const field = (name: string) => new RegExp(`"${name}"\\s{0,20}:\\s{0,20}"([^"\\n]{1,300})"`).exec(text)?.[1];
  const type = field('@type');
  if (type === undefined) return undefined;
  const articleType = /"(?:News|Blog)?(?:Article|Posting)"/.exec(text)?.[0]?.slice(1, -1) ?? '';
  const fields = {
    '@type': ARTICLE_TYPE.test(articleType) ? 'Article' : type,
    author: AUTHOR_FIELD.exec(text)?.[1],
    headline: field('headline'),
    datePublished: field('datePublished'),
    dateModified: field('dateModified'),
  };
  return present(fields);
}
