import robotsParser from 'robots-parser';

/** Longer delays than this are not kept, in ms: a site that means them would better say so by Retry-After. */
const MAX_CRAWL_DELAY_MS = 30_000;

// A CommonJS module whose types declare an ES default export: under Node the function is the module itself.
const parse = robotsParser as unknown as typeof robotsParser.default;

/** The product token that rules are addressed to (RFC 9309 §2.2.1): `Feedmill/0.1 (+…)` → `Feedmill`. */
const product = (userAgent: string) => /^[A-Za-z_-]+/.exec(userAgent)?.[0] ?? '*';

/** Whether robots.txt lets us fetch `url` (RFC 9309); no rules allow everything. */
export const robotsAllows = (robotsTxt: string, robotsUrl: string, url: string, userAgent: string): boolean =>
  robotsTxt === '' || parse(robotsUrl, robotsTxt).isAllowed(url, product(userAgent)) !== false;

/** The Crawl-delay for us, in ms, bounded; undefined when there is none. */
export function crawlDelayMs(robotsTxt: string, robotsUrl: string, userAgent: string): number | undefined {
  if (robotsTxt === '') return undefined;
  const seconds = parse(robotsUrl, robotsTxt).getCrawlDelay(product(userAgent));
  return seconds === undefined || !Number.isFinite(seconds)
    ? undefined
    : Math.min(Math.round(seconds * 1000), MAX_CRAWL_DELAY_MS);
}
