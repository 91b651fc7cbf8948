/**
 * Domains under which anybody may have a name, but which the private part of the Public Suffix List (https://publicsuffix.org/list/)
 * does not name: hosts of blogs, newsletters and podcasts. Not complete, since no list can be: see docs/security.md.
 */
const SHARED_DOMAINS: ReadonlySet<string> = new Set([
  'bandcamp.com',
  'beehiiv.com',
  'blogg.se',
  'blogs.com',
  'buttondown.email',
  'buzzsprout.com',
  'canalblog.com',
  'castos.com',
  'cocolog-nifty.com',
  'dreamwidth.org',
  'exblog.jp',
  'fc2.com',
  'ghost.io',
  'hashnode.dev',
  'hypotheses.org',
  'jimdofree.com',
  'libsyn.com',
  'livedoor.blog',
  'livejournal.com',
  'medium.com',
  'micro.blog',
  'neocities.org',
  'over-blog.com',
  'pika.page',
  'podbean.com',
  'posthaven.com',
  'seesaa.net',
  'skyrock.com',
  'squarespace.com',
  'substack.com',
  'svbtle.com',
  'tistory.com',
  'transistor.fm',
  'tumblr.com',
  'typepad.com',
  'webnode.com',
  'weebly.com',
  'wordpress.com',
  'write.as',
]);

/** Whether neighbours under this registrable domain may be strangers. Blogger has a domain in many countries. */
export const isSharedDomain = (domain: string): boolean => SHARED_DOMAINS.has(domain) || domain.startsWith('blogspot.');
