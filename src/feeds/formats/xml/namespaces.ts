/** What a namespace means in a feed. RSS, RSS 1.0 and Atom share `core`, because documents mix their elements. */
export type Vocabulary = 'core' | 'dc' | 'dcterms' | 'content' | 'itunes' | 'media' | 'sy' | 'xhtml' | 'rdf' | 'other';

/**
 * The namespaces of each vocabulary, in lower case and without a trailing `/` or `#…`. Feeds spell most of them in several ways.
 */
const NAMESPACES: Record<Vocabulary, readonly string[]> = {
  core: [
    '',
    'http://www.w3.org/2005/atom',
    'https://www.w3.org/2005/atom',
    'http://purl.org/atom/ns',
    'http://purl.org/rss/1.0',
    'http://my.netscape.com/rdf/simple/0.9',
    'http://channel.netscape.com/rdf/simple/0.9',
    'http://backend.userland.com/rss',
    'http://backend.userland.com/rss2',
    'http://blogs.law.harvard.edu/tech/rss',
  ],
  dc: ['http://purl.org/dc/elements/1.1', 'http://purl.org/dc/elements/1.0'],
  dcterms: ['http://purl.org/dc/terms'],
  content: ['http://purl.org/rss/1.0/modules/content'],
  itunes: ['http://www.itunes.com/dtds/podcast-1.0.dtd', 'https://www.itunes.com/dtds/podcast-1.0.dtd'],
  media: [
    'http://search.yahoo.com/mrss',
    'https://search.yahoo.com/mrss',
    'http://tools.search.yahoo.com/mrss',
    'http://video.search.yahoo.com/mrss',
  ],
  sy: ['http://purl.org/rss/1.0/modules/syndication'],
  xhtml: ['http://www.w3.org/1999/xhtml'],
  rdf: ['http://www.w3.org/1999/02/22-rdf-syntax-ns'],
  other: ['http://www.w3.org/2000/svg', 'http://www.w3.org/1998/math/mathml'],
};

/** The usual prefixes of each vocabulary, for documents that do not declare them or declare them as an unknown namespace. */
const PREFIXES: Partial<Record<Vocabulary, readonly string[]>> = {
  core: ['atom', 'atom10', 'a10', 'rss'],
  dc: ['dc'],
  dcterms: ['dcterms'],
  content: ['content'],
  itunes: ['itunes'],
  media: ['media'],
  sy: ['sy'],
  xhtml: ['xhtml'],
  rdf: ['rdf'],
};

/** Maps each listed name to its vocabulary. */
const invert = (lists: Partial<Record<Vocabulary, readonly string[]>>): ReadonlyMap<string, Vocabulary> =>
  new Map(Object.entries(lists).flatMap(([vocabulary, names]) => names.map((name) => [name, vocabulary as Vocabulary])));

const VOCABULARY_BY_NAMESPACE = invert(NAMESPACES);
const VOCABULARY_BY_PREFIX = invert(PREFIXES);

/** The vocabulary of an element: by its namespace if that is a known one, else by its prefix. No prefix means `core`. */
export function findVocabulary(prefix: string, namespace: string | undefined): Vocabulary {
  const known = namespace === undefined ? undefined : VOCABULARY_BY_NAMESPACE.get(simplify(namespace));
  return known ?? (prefix === '' ? 'core' : (VOCABULARY_BY_PREFIX.get(prefix) ?? 'other'));
}

/** Longest fragment of a namespace that is left out, in characters, its number sign included. */
const MAX_FRAGMENT = 41;

/** A namespace in lower case, without a fragment or a slash at its end. */
function simplify(namespace: string): string {
  const name = namespace.trim().toLowerCase();
  const fragment = name.indexOf('#', Math.max(0, name.length - MAX_FRAGMENT));
  if (fragment >= 0) return name.slice(0, fragment);
  return name.endsWith('/') ? name.slice(0, -1) : name;
}

/** Namespaces by prefix, in lower case; the default namespace has the prefix ''. */
export type Namespaces = ReadonlyMap<string, string>;

/** Namespaces in scope at one element. Each element with declarations copies the map, so this limits memory. */
const MAX_NAMESPACES = 100;
const NO_NAMESPACES: Namespaces = new Map();

/** The namespaces in scope inside an element, from its attributes and those in scope around it. */
export function declareNamespaces(
  attributes: readonly (readonly [name: string, value: string])[],
  outer: Namespaces = NO_NAMESPACES,
): Namespaces {
  let namespaces: Map<string, string> | undefined;
  for (const [name, value] of attributes) {
    if (!/^xmlns(?::|$)/i.test(name)) continue;
    namespaces ??= new Map(outer);
    if (namespaces.size >= MAX_NAMESPACES) break;
    namespaces.set(name.slice('xmlns:'.length).toLowerCase(), value);
  }
  return namespaces ?? outer;
}

/** The prefix that stands for a namespace in this scope; undefined when none does. The default namespace has no attributes. */
export const findPrefix = (namespaces: Namespaces, namespace: string): string | undefined =>
  [...namespaces].find(([prefix, name]) => prefix !== '' && name.trim() === namespace)?.[0];
