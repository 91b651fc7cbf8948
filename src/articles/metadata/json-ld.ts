/** An object of structured data, nothing checked. */
export type Json = Record<string, unknown>;

/** Longer structured data is no article's, in characters. */
const MAX_JSON_LD = 500_000;
/** Objects of structured data that are looked at. */
const MAX_OBJECTS = 500;
/** What schema.org calls a text with an author, and what publishers call so. */
const ARTICLE_TYPE = /(Article|BlogPosting|SocialMediaPosting|LiveBlogPosting|Report|Review|Recipe|HowTo)$/;

/** All objects of a `script` of JSON-LD: of arrays, graphs and main entities; of broken JSON what can be mended. */
export function readJsonLd(source: string): Json[] {
  if (source.length > MAX_JSON_LD) return [];
  const value = parse(source);
  const objects: Json[] = [];
  const queue: unknown[] = [value];
  for (let i = 0; i < queue.length && objects.length < MAX_OBJECTS && i < MAX_OBJECTS * 4; i += 1) {
    const next = queue[i];
    if (Array.isArray(next)) queue.push(...next.slice(0, MAX_OBJECTS));
    else if (isJson(next)) {
      objects.push(next);
      queue.push(...[next['@graph'], next.mainEntity, next.mainEntityOfPage].filter((part) => typeof part === 'object'));
    }
  }
  return objects;
}

/** The object that tells of the article: the first of an article's type with a headline or a date, else the first of such a type. */
export function articleOf(objects: readonly Json[]): Json | undefined {
  const articles = objects.filter((object) => hasType(object, ARTICLE_TYPE));
  return articles.find(({ headline, datePublished }) => headline !== undefined && datePublished !== undefined) ?? articles[0];
}

/** The object of the page itself, whose dates are the article's where no article is described. */
export const webPageOf = (objects: readonly Json[]): Json | undefined =>
  objects.find((object) => hasType(object, /^(Web|Item)Page$/));

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a reference by `@id` points to among the objects; anything else is itself. */
export function resolve(value: unknown, objects: readonly Json[]): unknown {
  if (!isJson(value) || typeof value['@id'] !== 'string' || value.name !== undefined) return value;
  return objects.find((object) => object['@id'] === value['@id'] && object.name !== undefined) ?? value;
}

export const hasType = (object: Json, type: RegExp): boolean =>
  [object['@type']].flat().some((name) => typeof name === 'string' && type.test(name));

/** Tried in this order: as it is, without what templates put around or into it, then field by field. */
function parse(source: string): unknown {
  const text = source
    .replace(/^\s*(<!--|\/\*\s*<!\[CDATA\[\s*\*\/|\/\/\s*<!\[CDATA\[|<!\[CDATA\[)/, '')
    .replace(/(-->|\/\*\s*\]\]>\s*\*\/|\]\]>|;)\s*$/, '');
  return tryParse(text) ?? tryParse(mended(text)) ?? fieldsOf(text);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Line breaks and tabs inside strings, commas before a closing bracket, objects one after the other. */
const mended = (text: string): string => {
  const line = text
    .replace(/[\u0000-\u001f]/g, ' ')
    .replace(/,\s{0,100}([}\]])/g, '$1')
    .replace(/\\'/g, "'");
  return /\}\s{0,100}\{/.test(line) ? `[${line.replace(/\}\s{0,100}\{/g, '},{')}]` : line;
};

/** The fields that matter, out of JSON that nothing mends (quotes that are not escaped, a cut end). */
function fieldsOf(text: string): Json | undefined {
  const field = (name: string) => new RegExp(`"${name}"\\s{0,20}:\\s{0,20}"([^"\\n]{1,300})"`).exec(text)?.[1];
  const type = field('@type');
  if (type === undefined) return undefined;
  const author =
    /"author"\s{0,20}:\s{0,20}[[{\s]{0,40}(?:"@type"\s{0,20}:\s{0,20}"\w{1,40}"\s{0,20},\s{0,20})?(?:"name"\s{0,20}:\s{0,20})?"([^"\n]{1,100})"/.exec(
      text,
    )?.[1];
  const names = ['headline', 'datePublished', 'dateModified'] as const;
  return Object.fromEntries(
    [
      ['@type', ARTICLE_TYPE.test(text.match(/"(?:News|Blog)?(?:Article|Posting)"/)?.[0]?.slice(1, -1) ?? '') ? 'Article' : type],
      ['author', author],
      ...names.map((name) => [name, field(name)]),
    ].filter(([, value]) => value !== undefined),
  );
}
