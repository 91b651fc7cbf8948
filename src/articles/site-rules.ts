import { compile, selectAll } from 'css-select';
import type { AnyNode, Document, Element } from 'domhandler';
import { isNode, LineCounter, parseDocument as parseYaml, visit } from 'yaml';
import { z } from 'zod';
import { getTextLine } from './dom/text.js';
import { readByline } from './metadata/byline.js';
import type { Metadata } from './metadata/metadata.js';
import { parseWrittenDate } from './metadata/written-date.js';

/** What a user knows of a site: CSS selectors for its parts. All that is absent is left to the general rules. Plain data: it crosses into the thread. */
export interface SiteRule {
  /** Where it was read. */
  file: string;
  /** Its hosts, each with those below it. */
  domains: string[];
  /** The body: all elements that match, in the order of the page. */
  content?: string[];
  /** What is no part of it. */
  strip?: string[];
  title?: string[];
  author?: string[];
  date?: string[];
  /** The link to the next page of the article. */
  next?: string[];
}

/** A rule is a page of text, in characters. */
const MAX_FILE = 20_000;
const MAX_SELECTORS = 30;
const MAX_DOMAINS = 50;
/** In characters. */
const MAX_SELECTOR = 300;
/** Elements that one selector may match; more are a rule that fits everything. */
const MAX_MATCHES = 1_000;

const Selector = z
  .string({ error: 'must be a CSS selector' })
  .min(1, 'must not be empty')
  .max(MAX_SELECTOR, `must have at most ${MAX_SELECTOR} characters`)
  .superRefine((selector, context) => {
    try {
      compile(selector);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `is no CSS selector that we know: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  });
/** One, or several of which all are used. */
const Selectors = z
  .preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z
      .array(Selector, { error: 'must be a CSS selector, or a list of them' })
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
    .max(MAX_DOMAINS, `must have at most ${MAX_DOMAINS}`),
  content: Selectors,
  strip: Selectors,
  title: Selectors,
  author: Selectors,
  date: Selectors,
  next: Selectors,
});

/** A file of a rule (YAML), or all that is wrong with it: file, line, key, and what it must be. */
export function readSiteRule(file: string, source: string): { rule: SiteRule } | { problems: string[] } {
  if (source.length > MAX_FILE) return { problems: [`${file}: must have at most ${MAX_FILE} characters`] };
  const lines = new LineCounter();
  const document = parseYaml(source, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${file}:${Math.max(1, lines.linePos(offset).line)}`;
  if (document.errors.length > 0)
    return { problems: document.errors.map(({ pos, message }) => `${at(pos[0])}: is no YAML: ${message}`) };
  if (hasAlias(document)) return { problems: [`${file}:1: must have no anchors and aliases`] };
  const parsed = Rule.safeParse(document.toJS());
  if (parsed.success) return { rule: { file, ...present(parsed.data) } };
  const placeOf = (path: readonly PropertyKey[]): string => {
    const node = path.length > 0 ? document.getIn(path, true) : document.contents;
    if (isNode(node) && node.range) return at(node.range[0]);
    return path.length > 0 ? placeOf(path.slice(0, -1)) : `${file}:1`;
  };
  return {
    problems: parsed.error.issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map(
          (key) => `${placeOf([key])}: ${key}: is no key of a rule; there are ${Object.keys(Rule.shape).join(', ')}`,
        );
      const name = issue.path.join('.');
      return `${placeOf(issue.path)}: ${name === '' ? 'must have keys such as domains and content' : `${name}: ${issue.message}`}`;
    }),
  };
}

/** One line of aliases may stand for a billion. */
function hasAlias(document: ReturnType<typeof parseYaml>): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function present(rule: z.infer<typeof Rule>): Omit<SiteRule, 'file'> {
  const { domains, ...parts } = rule;
  return {
    domains,
    ...(Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partial<SiteRule>),
  };
}

/** The rule for a host: its own, else that of the nearest domain above it. */
export function findSiteRule(rules: ReadonlyMap<string, SiteRule>, url: string): SiteRule | undefined {
  let host = URL.canParse(url) ? new URL(url).hostname : '';
  while (host.includes('.')) {
    const rule = rules.get(host);
    if (rule) return rule;
    host = host.slice(host.indexOf('.') + 1);
  }
  return undefined;
}

/** What a rule finds on a page. */
export interface RuleFindings {
  /** Empty: it names no body, or its selectors fit nothing (sites change): the general rules find it. */
  content: Element[];
  strip: ReadonlySet<AnyNode>;
  /** Absolute. */
  next?: string;
}

export function applyRule(document: Document, rule: SiteRule, baseUrl: string): RuleFindings {
  const found = new Set<AnyNode>(matches(document, rule.content));
  // In the order of the page, and nothing twice.
  const content = matches(document, rule.content).filter((element) => !ancestors(element).some((outer) => found.has(outer)));
  const href = matches(document, rule.next).map(({ attribs }) => attribs.href)[0];
  const next = href && URL.canParse(href, baseUrl) ? new URL(href, baseUrl).href : undefined;
  return { content, strip: new Set<AnyNode>(matches(document, rule.strip)), ...(next ? { next } : {}) };
}

/** Metadata with what a rule's selectors say of it. */
export function withRule(metadata: Metadata, document: Document, rule: SiteRule): Metadata {
  const words = (selectors: readonly string[] | undefined) =>
    matches(document, selectors)
      .map((element) => element.attribs.datetime ?? element.attribs.content ?? getTextLine(element))
      .filter((line) => line !== '');
  const [title] = words(rule.title);
  const authors = [...new Set(words(rule.author).flatMap((line) => readByline(line)))];
  const date = words(rule.date)
    .map((line) => parseWrittenDate(line))
    .find((written) => written !== undefined);
  return {
    ...metadata,
    ...(title ? { title } : {}),
    ...(authors.length > 0 ? { authors } : {}),
    ...(date
      ? {
          publishedAt: date.at,
          publishedIso: date.iso,
          publishedFrom: 'text' as const,
          publishedAs: { text: date.text, zoneAssumed: date.zoneAssumed },
        }
      : {}),
  };
}

const matches = (document: Document, selectors: readonly string[] | undefined): Element[] =>
  selectors ? selectAll<AnyNode, Element>(selectors.join(','), document.children).slice(0, MAX_MATCHES) : [];

function ancestors(element: Element): AnyNode[] {
  const all: AnyNode[] = [];
  for (let up: AnyNode | null = element.parent; up; up = up.parent) all.push(up);
  return all;
}
