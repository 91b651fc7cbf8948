import { toMatchKey } from './similarity.js';

/** What publishers put between a headline and their name, in a title whose white space is collapsed. */
const SEPARATOR = /\s(?:\||-|–|—|::|·|•|»|«|\/|~)\s|\s?[|｜]\s?|\s?[:：]\s|\s?[：_＿]\s?|\s?-{2}\s?/g;
/** A headline often has a colon of its own, so one counts as a separator only beside a name that is known for sure. */
const COLON = /[:：]/;
/** The most parts that are removed from one title: section, site, slogan. */
const MAX_STRIPPED = 4;
/** Characters of the longest part that is removed because it resembles the site's name. */
const MAX_RELATED = 40;

/** Recognizes the names of a site. */
export interface SiteMatcher {
  /** Whether a text is one of the site's names. */
  isSiteName(text: string): boolean;
  /** Whether a text contains one of the site's names, or is contained in one. */
  resemblesSiteName(text: string): boolean;
}

/** Creates a matcher for the names that a page gives its site, their initials, and the labels of its host name. */
export function createSiteMatcher(siteNames: readonly string[], host: string): SiteMatcher {
  const names = siteNames.flatMap((name) => [toMatchKey(name), joinInitials(name)]).filter((name) => name.length > 1);
  const labels = host
    .split('.')
    .map(toMatchKey)
    .filter((label) => label.length > 2 && label !== 'www');
  const known = [...names, ...labels].filter((name) => name.length > 2);
  return {
    isSiteName(text) {
      const key = toMatchKey(text);
      if (names.includes(key)) return true;
      return key.length > 2 && labels.some((label) => key === label || key.replace(/^the/, '') === label);
    },
    resemblesSiteName(text) {
      const key = toMatchKey(text);
      return key.length > 2 && known.some((name) => key.includes(name) || name.includes(key));
    },
  };
}

/**
 * Removes the site's name and sections from a title: "Headline | Section | Site" → "Headline". `headingKeys` are the match
 * keys of the page's headings: where one of them is what remains, the rest goes whatever it is.
 */
export function stripSiteName(title: string, site: SiteMatcher, headingKeys: readonly string[]): string {
  const line = title.replace(/\s+/g, ' ').trim();
  let rest = line;
  for (let i = 0; i < MAX_STRIPPED; i += 1) {
    const shorter = removeOuterPart(rest, site, headingKeys);
    if (shorter === undefined) break;
    rest = shorter;
  }
  return toMatchKey(rest).length > 0 ? rest.trim() : line;
}

/** Removes the last part of a title or its first, where that is the site's; undefined where neither is. */
function removeOuterPart(title: string, site: SiteMatcher, headingKeys: readonly string[]): string | undefined {
  const separators = [...title.matchAll(SEPARATOR)];
  const [first] = separators;
  const last = separators.at(-1);
  if (!first || !last) return undefined;

  const before = title.slice(0, last.index);
  const tail = title.slice(last.index + last[0].length);
  const isColon = COLON.test(last[0]);
  const isHeading = headingKeys.includes(toMatchKey(before)) && (!isColon || before.length > tail.length);
  const isRelated = !isColon && tail.length <= MAX_RELATED && site.resemblesSiteName(tail);
  if (isHeading || isRelated || site.isSiteName(tail)) return before;

  const start = title.slice(0, first.index);
  return site.isSiteName(start) ? title.slice(first.index + first[0].length) : undefined;
}

/** The initials of a name of at least three words in lower case: "World Future Awards" → "wfa"; else ''. */
function joinInitials(name: string): string {
  const words = name.match(/\p{Lu}[\p{L}\p{N}]*/gu) ?? [];
  if (words.length < 3) return '';
  return words
    .map((word) => word[0] ?? '')
    .join('')
    .toLowerCase();
}
