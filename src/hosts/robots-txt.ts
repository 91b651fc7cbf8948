import robotsParser from 'robots-parser';

/** How much of a robots.txt is read, in bytes (RFC 9309 §2.5: at least 500 KiB). */
export const ROBOTS_MAX_BYTES = 500 * 1024;
/** The longest Crawl-delay that we obey, in ms. A site that needs more relief can send Retry-After. */
const MAX_CRAWL_DELAY_MS = 30_000;
/**
 * The total length of patterns with `*` that we keep, in characters. Matching one takes time in proportion to its length
 * times the length of the path, so a hostile file could block a worker for a second per page. Honest sites have a hundredth
 * of this.
 */
const MAX_WILDCARD_LENGTH = 30_000;

// A CommonJS module whose types declare an ES default export: in Node, the function is the module itself.
const parse = robotsParser as unknown as typeof robotsParser.default;

/**
 * The product token that rules address (RFC 9309 §2.2.1): `Feedmill/0.1 (+…)` → `feedmill`. It is ours wherever USER_AGENT
 * mentions it, because an agent such as `Mozilla/5.0 (compatible; Feedmill/0.1)` is not a browser.
 */
const productToken = (userAgent: string) =>
  /feedmill/i.test(userAgent) ? 'feedmill' : (/^[A-Za-z_-]+/.exec(userAgent)?.[0].toLowerCase() ?? '*');

/**
 * Reduces a robots.txt to the groups that address us or everybody, with their rules and Crawl-delay. This is what we store
 * and match against each page, so thousands of agents or rules for others cost nothing later.
 */
export function rulesForUs(robotsTxt: string, userAgent: string): string {
  const token = productToken(userAgent);
  const kept = filterLines(robotsTxt, new Set([token, '*']));
  // Our group may have no rules, which allows everything. The parser forgets empty groups, so give it an empty rule.
  const ours = `User-agent: ${token}`;
  return (kept.includes(ours) ? [ours, 'Disallow:', ...kept] : kept).join('\n');
}

function filterLines(robotsTxt: string, wanted: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  let agents: string[] = [];
  let namingAgents = false;
  let wildcardLength = 0;
  for (const line of robotsTxt.replaceAll('\0', '').split(/\r\n|\r|\n/)) {
    const [, field = '', value = ''] = /^\s*([a-z-]+)\s*:([^#]*)/i.exec(line) ?? [];
    const name = field.toLowerCase();
    if (name === 'user-agent') {
      const agent = value.replace(/\/.*/s, '').trim().toLowerCase();
      if (!namingAgents) agents = [];
      namingAgents = true;
      if (wanted.has(agent) && !agents.includes(agent)) {
        agents.push(agent);
        kept.push(`User-agent: ${agent}`);
      }
    } else if (/^(dis)?allow$|^crawl-delay$/.test(name)) {
      namingAgents = false;
      if (agents.length === 0) continue;
      if (value.includes('*')) wildcardLength += value.length;
      if (!value.includes('*') || wildcardLength <= MAX_WILDCARD_LENGTH) kept.push(`${field}: ${value.trim()}`);
    }
  }
  return kept;
}

/** Whether `rules` (from `rulesForUs`) allow us to fetch `url` of their origin (RFC 9309). No rules allow everything. */
export const robotsAllows = (rules: string, url: string, userAgent: string): boolean =>
  rules === '' || parse(new URL('/robots.txt', url).href, rules).isAllowed(url, productToken(userAgent)) !== false;

/** The Crawl-delay in `rules` (from `rulesForUs`), in ms, capped; undefined when there is none. */
export function crawlDelayMs(rules: string, userAgent: string): number | undefined {
  if (rules === '') return undefined;
  const seconds = parse('http://localhost/robots.txt', rules).getCrawlDelay(productToken(userAgent));
  return seconds === undefined || !Number.isFinite(seconds)
    ? undefined
    : Math.min(Math.max(0, Math.round(seconds * 1000)), MAX_CRAWL_DELAY_MS);
}
