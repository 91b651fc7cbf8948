/** How much of a robots.txt is read, in bytes (RFC 9309 §2.5: at least 500 KiB). */
export const ROBOTS_MAX_BYTES = 500 * 1024;
/** The most rules that are kept for one agent, so that compiling them takes well under 50 ms. Honest files have hundreds. */
const MAX_RULES = 10_000;
/** The longest pattern that is kept, in characters: no URL that we request is longer. */
const MAX_PATTERN_LENGTH = 2_000;
/**
 * The most patterns with `*` that are kept for one agent, and their total length in characters. Matching one searches the
 * whole path, so these two limit the time that a hostile file takes per page. Honest sites have a hundredth of this.
 */
const MAX_WILDCARD_RULES = 1_000;
const MAX_WILDCARD_LENGTH = 30_000;

/**
 * The product token that rules address (RFC 9309 §2.2.1): `Feedmill/0.1 (+…)` → `feedmill`. It is ours wherever USER_AGENT
 * mentions it, because an agent such as `Mozilla/5.0 (compatible; Feedmill/0.1)` is not a browser.
 */
export const productToken = (userAgent: string): string =>
  /feedmill/i.test(userAgent) ? 'feedmill' : (/^[A-Za-z_-]+/.exec(userAgent)?.[0].toLowerCase() ?? '*');

/** One line of a robots.txt that matters. */
type Line = { kind: 'agent'; agent: string } | { kind: 'allow' | 'disallow' | 'crawl-delay'; value: string };

function parseLine(line: string): Line | undefined {
  const [, field = '', rest = ''] = /^\s*([a-z-]+)\s*:([^#]*)/i.exec(line) ?? [];
  const kind = field.toLowerCase();
  const value = rest.trim();
  if (kind === 'user-agent') return { kind: 'agent', agent: value.replace(/\/.*/s, '').trim().toLowerCase() };
  return kind === 'allow' || kind === 'disallow' || kind === 'crawl-delay' ? { kind, value } : undefined;
}

/** The rules and the Crawl-delay of one agent, in their order. */
export type Rule = Exclude<Line, { kind: 'agent' }>;

/** Collects the rules of each agent in `wanted` from all groups that name it (RFC 9309 §2.2.1). */
export function groupRules(robotsTxt: string, wanted: readonly string[]): Map<string, Rule[]> {
  const groups = new Map<string, Rule[]>();
  let current = new Set<Rule[]>();
  let namingAgents = false;
  for (const text of robotsTxt.split(/\r\n|\r|\n/)) {
    const line = parseLine(text);
    if (line?.kind === 'agent') {
      if (!namingAgents) current = new Set();
      namingAgents = true;
      if (!wanted.includes(line.agent)) continue;
      const rules = groups.get(line.agent) ?? [];
      groups.set(line.agent, rules);
      current.add(rules);
    } else if (line) {
      namingAgents = false;
      for (const rules of current) rules.push(line);
    }
  }
  return groups;
}

/**
 * Reduces a robots.txt to the rules and Crawl-delays for us and for everybody, within the limits above. This is what we
 * store, so thousands of agents or rules for others cost nothing later.
 */
export function rulesForUs(robotsTxt: string, userAgent: string): string {
  const groups = groupRules(robotsTxt.replaceAll('\0', ''), [productToken(userAgent), '*']);
  return [...groups]
    .flatMap(([agent, rules]) => {
      const kept = limitRules(rules).map(({ kind, value }) => `${kind}: ${value}`);
      // A group may have no rules, which allows everything. Without any line, it would become one with the next group.
      return [`User-agent: ${agent}`, ...(kept.length > 0 ? kept : ['disallow:'])];
    })
    .join('\n');
}

function limitRules(rules: readonly Rule[]): Rule[] {
  let wildcards = 0;
  let wildcardLength = 0;
  return rules
    .filter(({ value }) => {
      if (value.length > MAX_PATTERN_LENGTH) return false;
      if (!value.includes('*')) return true;
      wildcards += 1;
      wildcardLength += value.length;
      return wildcards <= MAX_WILDCARD_RULES && wildcardLength <= MAX_WILDCARD_LENGTH;
    })
    .slice(0, MAX_RULES);
}
