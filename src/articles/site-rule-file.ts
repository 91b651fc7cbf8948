import { load } from 'cheerio/slim';
import { isNode, LineCounter, parseDocument as parseYaml, visit, type Document as YamlDocument } from 'yaml';
import { z } from 'zod';
import { present } from '../text/present.js';
import type { SiteRule } from './site-rules.js';

/** Longest rule file, in characters: a page of text. */
const MAX_FILE = 20_000;
const MAX_SELECTORS = 30;
const MAX_DOMAINS = 50;
/** Longest selector, in characters. */
const MAX_SELECTOR = 300;

/** A tree without elements, on which selectors are tried. */
const EMPTY = load('').root();

/**
 * Throws on a selector that cheerio does not know. Inside `:is()`, jQuery's positional selectors such as `:first`, which are
 * not CSS, throw too.
 */
function checkSelector(selector: string): void {
  EMPTY.find(selector);
  EMPTY.find(`:is(${selector})`);
}

const Selector = z
  .string({ error: 'must be a CSS selector' })
  .min(1, 'must not be empty')
  .max(MAX_SELECTOR, `must have at most ${MAX_SELECTOR} characters`)
  .superRefine((selector, context) => {
    try {
      checkSelector(selector);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message: `is not a CSS selector that is supported: ${reason}` });
    }
  });
/** One selector, or a list whose matches are put together. */
const Selectors = z
  .preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z
      .array(Selector, { error: 'must be a CSS selector or a list of selectors' })
      .min(1, 'must not be empty')
      .max(MAX_SELECTORS, `must have at most ${MAX_SELECTORS} selectors`),
  )
  .optional();
const Domain = z
  .string({ error: 'must be a domain' })
  .regex(
    /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/,
    'must be a host name in lower case, such as news.example (no https://, no path, no *)',
  );
const Rule = z.strictObject({
  domains: z
    .array(Domain, { error: 'must be a list, such as [news.example]' })
    .min(1, 'must name a domain')
    .max(MAX_DOMAINS, `must have at most ${MAX_DOMAINS} domains`),
  content: Selectors,
  strip: Selectors,
  title: Selectors,
  author: Selectors,
  date: Selectors,
  next: Selectors,
});

/**
 * Parses the YAML of a rule file.
 * @returns the rule, or all problems at once, each as `FILE:LINE: KEY: what it must be`.
 */
export function parseSiteRule(file: string, source: string): { rule: SiteRule } | { problems: string[] } {
  if (source.length > MAX_FILE) return { problems: [`${file}: must have at most ${MAX_FILE} characters`] };
  const lines = new LineCounter();
  const document = parseYaml(source, { lineCounter: lines, prettyErrors: false });
  const locate: Locate = (offset) => `${file}:${Math.max(1, lines.linePos(offset).line)}`;
  if (document.errors.length > 0)
    return { problems: document.errors.map(({ pos, message }) => `${locate(pos[0])}: is not valid YAML: ${message}`) };
  if (hasAlias(document)) return { problems: [`${locate(0)}: must have no anchors and aliases`] };
  const { success, data, error } = Rule.safeParse(document.toJS());
  if (!success) return { problems: error.issues.flatMap((issue) => describeIssue(issue, document, locate)) };
  const { domains, ...parts } = data;
  return { rule: { file, domains, ...present(parts) } };
}

/** `FILE:LINE` of a position in the source. */
type Locate = (offset: number) => string;

function describeIssue(issue: z.core.$ZodIssue, document: YamlDocument, locate: Locate): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(Rule.shape).join(', ');
    return issue.keys.map(
      (key) => `${locateKey([key], document, locate)}: ${key}: is not a key of a rule; the keys are ${known}`,
    );
  }
  const name = issue.path.join('.');
  const problem = name === '' ? 'must have keys such as domains and content' : `${name}: ${issue.message}`;
  return [`${locateKey(issue.path, document, locate)}: ${problem}`];
}

/** Where a key's value stands, or else the nearest value around it. */
function locateKey(path: readonly PropertyKey[], document: YamlDocument, locate: Locate): string {
  const node = path.length > 0 ? document.getIn(path, true) : document.contents;
  if (isNode(node) && node.range) return locate(node.range[0]);
  return path.length > 0 ? locateKey(path.slice(0, -1), document, locate) : locate(0);
}

/** Aliases are refused because one line of them can expand to billions of values. */
function hasAlias(document: YamlDocument): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
