import robotsParser from 'robots-parser';

/** A robots.txt is read so far, in bytes (RFC 9309 §2.5: at least 500 KiB). */
export const ROBOTS_MAX_BYTES = 500 * 1024;
/** Longer delays than this are not kept, in ms: a site that means them would better say so by Retry-After. */
const MAX_CRAWL_DELAY_MS = 30_000;
/**
 * Patterns with `*` are kept up to so many characters in all: each costs its length × the length of an address, so that many
 * would hold a worker up for a second a page. Sites that mean well have a hundredth of it.
 */
const MAX_WILDCARDS = 30_000;

// A CommonJS module whose types declare an ES default export: under Node the function is the module itself.
const parse = robotsParser as unknown as typeof robotsParser.default;

/**
 * The product token that rules are addressed to (RFC 9309 §2.2.1): `Feedmill/0.1 (+…)` → `feedmill`. Ours where a USER_AGENT names it
 * anywhere, since one that begins as browsers do (`Mozilla/5.0 (compatible; Feedmill/0.1)`) is no browser.
 */
const product = (userAgent: string) =>
  /feedmill/i.test(userAgent) ? 'feedmill' : (/^[A-Za-z_-]+/.exec(userAgent)?.[0].toLowerCase() ?? '*');

/**
 * The groups of a robots.txt that are addressed to us or to all, their rules and Crawl-delay alone: what has to be kept, and
 * looked through for each page. A robots.txt of thousands of agents and rules costs no more than its own length.
 */
export function rulesForUs(robotsTxt: string, userAgent: string): string {
  const wanted = new Set([product(userAgent), '*']);
  const kept: string[] = [];
  let agents: string[] = [];
  let naming = false;
  let wildcards = 0;
  for (const line of robotsTxt.replaceAll('\0', '').split(/\r\n|\r|\n/)) {
    const [, field = '', value = ''] = /^\s*([a-z-]+)\s*:([^#]*)/i.exec(line) ?? [];
    const name = field.toLowerCase();
    if (name === 'user-agent') {
      const agent = value.replace(/\/.*/s, '').trim().toLowerCase();
      if (!naming) agents = [];
      naming = true;
      if (wanted.has(agent) && !agents.includes(agent)) {
        agents.push(agent);
        kept.push(`User-agent: ${agent}`);
      }
    } else if (/^(dis)?allow$|^crawl-delay$/.test(name)) {
      naming = false;
      if (agents.length === 0) continue;
      if (value.includes('*')) wildcards += value.length;
      if (!value.includes('*') || wildcards <= MAX_WILDCARDS) kept.push(`${field}: ${value.trim()}`);
    }
  }
  // A group of ours without rules allows all, and is still ours: said in a way that the parser does not forget.
  const ours = `User-agent: ${product(userAgent)}`;
  return (kept.includes(ours) ? [ours, 'Disallow:', ...kept] : kept).join('\n');
}

/** Whether these rules (see `rulesForUs`) let us fetch `url` of their origin (RFC 9309); none allow everything. */
export const robotsAllows = (rules: string, url: string, userAgent: string): boolean =>
  rules === '' || parse(new URL('/robots.txt', url).href, rules).isAllowed(url, product(userAgent)) !== false;

/** The Crawl-delay that these rules ask of us, in ms, bounded; undefined when there is none. */
export function crawlDelayMs(rules: string, userAgent: string): number | undefined {
  if (rules === '') return undefined;
  const seconds = parse('http://localhost/robots.txt', rules).getCrawlDelay(product(userAgent));
  return seconds === undefined || !Number.isFinite(seconds)
    ? undefined
    : Math.min(Math.max(0, Math.round(seconds * 1000)), MAX_CRAWL_DELAY_MS);
}
