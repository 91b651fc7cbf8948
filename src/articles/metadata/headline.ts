import { splitWords, titleSimilarity, toMatchKey } from './similarity.js';

/** Marks that publishers put between a headline and their name; a colon only next to a name that is known. */
const MARKS = /\s+(?:\||-|–|—|::|·|•|»|«|\/|~)\s+|\s*[|｜]\s*|\s*[:：]\s+|\s?[：_＿]\s?|\s*-{2}\s*/g;
/** Parts of a site's name that are dropped from one title, at the most. */
const MAX_STRIPPED = 4;

/** What the parts of a page say its headline is. */
export interface TitleParts {
  /** From structured data and meta elements, most trusted first. */
  declared: readonly (string | undefined)[];
  /** `<title>`. */
  document?: string;
  /** Visible headings of the first rank, in order. */
  headings: readonly string[];
  /** Those of the second rank: a headline only where one says just what the titles say. */
  subheadings: readonly string[];
  /** Names of the site: as declared, and of its host. */
  siteNames: readonly string[];
  host: string;
}

/** The headline without the site's name. A visible heading settles what of a title is headline, where one resembles it. */
export function chooseHeadline({ declared, document, headings, subheadings, siteNames, host }: TitleParts): string | undefined {
  const known = [...declared, document].filter((title): title is string => title !== undefined && toMatchKey(title) !== '');
  const names = siteNames.flatMap((name) => [toMatchKey(name), initialsOf(name)]).filter((name) => name.length > 1);
  const labels = host
    .split('.')
    .map(toMatchKey)
    .filter((label) => label.length > 2 && label !== 'www');
  const isSite = (part: string) => {
    const name = toMatchKey(part);
    return (
      names.includes(name) || (name.length > 2 && labels.some((label) => name === label || name.replace(/^the/, '') === label))
    );
  };
  const [first] = known;
  const usable = headings.filter((heading) => !isSite(heading));
  if (first === undefined) return usable[0];
  const confirmed = headings.map(toMatchKey);
  const clean = known.filter((title) => !isSite(title)).map((title) => withoutSite(title, { isSite, names, labels, confirmed }));
  const heading = best(usable, clean) ?? best(subheadings, clean, 0.85);
  if (heading === undefined) {
    // "Home" and the like.
    const [lone, ...others] = usable;
    if (lone !== undefined && others.length === 0 && clean.every((title) => splitWords(title).length === 1)) return lone;
    return clean[0] ?? first;
  }
  const says = (title: string | undefined, line: string) => title !== undefined && toMatchKey(title) === toMatchKey(line);
  if (declared.some((title) => says(title, heading))) return heading;
  // A headline for readers below one for search engines: the page shows just what it declares. Not where the heading lacks a kicker alone.
  const shown = declared.find((title) => splitWords(title ?? '').length > 3 && subheadings.some((line) => says(title, line)));
  if (shown !== undefined && !toMatchKey(shown).endsWith(toMatchKey(heading))) return shown;
  // A kicker or a subtitle inside the heading: what is declared says which part is the headline.
  return clean.find((title) => isPart(title, heading)) ?? heading;
}

/** The heading that says what the titles say: the same words, or most of them. */
function best(headings: readonly string[], titles: readonly string[], enough = 0.5): string | undefined {
  let found: string | undefined;
  let highest = enough;
  for (const heading of headings) {
    const score = Math.max(...titles.map((title) => titleSimilarity(heading, title)));
    if (score > highest) [found, highest] = [heading, score];
  }
  return found;
}

/** Whether a heading begins or ends with a title of at least two fifths of it, and is not one sentence that goes on. */
function isPart(title: string, heading: string): boolean {
  const [few, many] = [toMatchKey(title), toMatchKey(heading)];
  if (few.length >= many.length || few.length < many.length * 0.4) return false;
  if (heading.startsWith(title) && /^\s+\p{Ll}/u.test(heading.slice(title.length))) return false;
  return many.startsWith(few) || many.endsWith(few);
}

/** "Headline | Section | Site" → "Headline". */
function withoutSite(
  title: string,
  {
    isSite,
    names,
    labels,
    confirmed,
  }: { isSite(part: string): boolean; names: readonly string[]; labels: readonly string[]; confirmed: readonly string[] },
): string {
  const line = title.replace(/\s+/g, ' ').trim();
  let rest = line;
  for (let i = 0; i < MAX_STRIPPED; i += 1) {
    const marks = [...rest.matchAll(MARKS)];
    const last = marks.at(-1);
    const [head] = marks;
    if (!last || !head) break;
    const before = rest.slice(0, last.index);
    const tail = rest.slice(last.index + last[0].length);
    const lead = rest.slice(0, head.index);
    const tight = /[:：]/.test(last[0]);
    const name = toMatchKey(tail);
    const related = [...names, ...labels].some(
      (known) => known.length > 2 && name.length > 2 && (name.includes(known) || known.includes(name)),
    );
    const sure = confirmed.includes(toMatchKey(before)) && (!tight || before.length > tail.length);
    if (isSite(tail) || (!tight && related && tail.length <= 40) || sure) rest = before;
    else if (isSite(lead)) rest = rest.slice(head.index + head[0].length);
    else break;
  }
  return toMatchKey(rest).length > 0 ? rest.trim() : line;
}

/** "World Future Awards" → "wfa"; nothing of fewer than three words. */
function initialsOf(name: string): string {
  const words = name.match(/\p{Lu}[\p{L}\p{N}]*/gu) ?? [];
  return words.length > 2
    ? words
        .map((word) => word[0] ?? '')
        .join('')
        .toLowerCase()
    : '';
}
