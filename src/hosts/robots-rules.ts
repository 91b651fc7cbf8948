import { groupRules, productToken, type Rule } from './robots-txt.js';

/** The longest Crawl-delay that we obey, in ms. A site that needs more relief can send Retry-After. */
const MAX_CRAWL_DELAY_MS = 30_000;
/** How many origins' rules stay compiled, and their total length in characters: enough for the sites that are read now. */
const MAX_CACHED_ORIGINS = 1_000;
const MAX_CACHED_LENGTH = 10_000_000;

/** A pattern of a rule: its parts between the `*`, and whether it has to match up to the end of the path (`$`). */
interface Pattern {
  parts: readonly string[];
  toEnd: boolean;
}

/** A rule that is ready to be matched. `length` decides between several that match. */
interface CompiledRule {
  pattern: Pattern;
  length: number;
  allow: boolean;
}

/** The rules of the group that applies to us (RFC 9309 §2.2.1): our own, else the one for everybody. */
function ourGroup(rules: string, userAgent: string): Rule[] {
  const token = productToken(userAgent);
  const groups = groupRules(rules, [token, '*']);
  return groups.get(token) ?? groups.get('*') ?? [];
}

/** Percent-encodes what is not ASCII, and writes the encoding in upper case, so that patterns and paths compare (§2.2.2). */
function normalizeEncoding(path: string): string {
  const ascii = /[^\x21-\x7e]/.test(path) ? encodeURI(path.toWellFormed()).replaceAll('%25', '%') : path;
  return ascii.includes('%') ? ascii.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase()) : ascii;
}

function compileRule({ kind, value }: Rule): CompiledRule[] {
  if (kind === 'crawl-delay' || value === '') return [];
  const text = normalizeEncoding(value);
  const toEnd = text.endsWith('$');
  const parts = (toEnd ? text.slice(0, -1) : text).split(/\*+/);
  return [{ pattern: { parts, toEnd }, length: text.length, allow: kind === 'allow' }];
}

/**
 * Whether a pattern matches a path (RFC 9309 §2.2.3). Takes the first place where each part occurs, which is never worse than
 * a later one, so no part is searched twice.
 */
function matches({ parts, toEnd }: Pattern, path: string): boolean {
  const [first = '', ...others] = parts;
  if (!path.startsWith(first)) return false;
  const last = toEnd ? others.pop() : undefined;
  let end = first.length;
  for (const part of others) {
    const start = path.indexOf(part, end);
    if (start < 0) return false;
    end = start + part.length;
  }
  if (!toEnd) return true;
  return last === undefined ? end === path.length : path.length - last.length >= end && path.endsWith(last);
}

/** The longest rule that matches decides, and `allow` wins a tie (RFC 9309 §2.2.2). Without one, everything is allowed. */
function isAllowed(rules: readonly CompiledRule[], path: string): boolean {
  let length = 0;
  let allowed = true;
  for (const rule of rules) {
    if (rule.length < length || (rule.length === length && !rule.allow) || !matches(rule.pattern, path)) continue;
    length = rule.length;
    allowed = rule.allow;
  }
  return allowed;
}

/** Compiled rules by origin, the least recently used first. */
const cache = new Map<string, { rules: string; userAgent: string; compiled: readonly CompiledRule[] }>();
let cachedLength = 0;

function compiledRules(origin: string, rules: string, userAgent: string): readonly CompiledRule[] {
  const known = cache.get(origin);
  const valid = known?.rules === rules && known.userAgent === userAgent;
  const entry = known && valid ? known : { rules, userAgent, compiled: ourGroup(rules, userAgent).flatMap(compileRule) };
  forget(origin);
  cache.set(origin, entry);
  cachedLength += rules.length;
  for (const oldest of cache.keys()) {
    if (cache.size <= MAX_CACHED_ORIGINS && cachedLength <= MAX_CACHED_LENGTH) break;
    forget(oldest);
  }
  return entry.compiled;
}

function forget(origin: string): void {
  cachedLength -= cache.get(origin)?.rules.length ?? 0;
  cache.delete(origin);
}

/**
 * Whether `rules` (from `rulesForUs`) allow us to fetch `url` of their origin (RFC 9309). No rules allow everything. The rules
 * of an origin are compiled once and kept until they change.
 */
export function robotsAllows(rules: string, url: string, userAgent: string): boolean {
  if (rules === '') return true;
  const { origin, pathname, search } = new URL(url);
  return isAllowed(compiledRules(origin, rules, userAgent), normalizeEncoding(pathname + search));
}

/** The Crawl-delay in `rules` (from `rulesForUs`), in ms, capped; undefined when there is none. The last one counts. */
export function crawlDelayMs(rules: string, userAgent: string): number | undefined {
  const value = ourGroup(rules, userAgent).findLast(({ kind }) => kind === 'crawl-delay')?.value ?? '';
  const seconds = value === '' ? Number.NaN : Number(value);
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.round(seconds * 1000)), MAX_CRAWL_DELAY_MS) : undefined;
}
