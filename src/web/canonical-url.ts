import { getDomain } from 'tldts';

/** Longest URL that we keep: what browsers and servers agree on, and a unique index of Postgres can hold. */
const MAX_URL_LENGTH = 2_000;

/** Parameters that tell the publisher who came from where, and never what to show. */
const TRACKING =
  /^(utm_.+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|ref_src|at_medium|at_campaign|wt_mc|wtrid|ns_mchannel|ns_source|ns_campaign|ns_linkname|ns_fee|s_cid|oly_anon_id|oly_enc_id|vero_id|__s|sr_share|pk_campaign|pk_kwd|mtm_.+|piwik_.+|hsctatracking|cmpid|ito|ocid|ncid|_ga|_gl|spm|xtor)$/i;

/**
 * One spelling per page: absolute, http(s), no fragment (but `#!`, which is an address), no credentials, no tracking
 * parameters; the rest as the WHATWG URL standard writes it. Undefined for what is no page's address.
 */
export function canonicalUrl(url: string, base?: string): string | undefined {
  const text = url.trim();
  if (text.length === 0 || text.length > MAX_URL_LENGTH * 2 || !URL.canParse(text, base)) return undefined;
  const parsed = new URL(text, base);
  if (!/^https?:$/.test(parsed.protocol) || parsed.hostname === '') return undefined;
  parsed.username = '';
  parsed.password = '';
  if (!parsed.hash.startsWith('#!')) parsed.hash = '';
  parsed.hostname = parsed.hostname.replace(/\.$/, '');
  if (parsed.search) {
    // Filtered as text: URLSearchParams would write the other parameters anew, and some servers care how.
    const kept = parsed.search
      .slice(1)
      .split('&')
      .filter((pair) => pair !== '' && !TRACKING.test(pair.split('=')[0] ?? ''));
    parsed.search = kept.join('&');
  }
  if (parsed.search === '') parsed.search = '';
  return parsed.href.length > MAX_URL_LENGTH ? undefined : parsed.href;
}

/** What politeness counts as one host: the name alone, the name with its port, or the registrable domain. */
export type HostKey = 'host' | 'host:port' | 'domain';

/**
 * What politeness counts a URL under. The port is left out where it is the scheme's own; the registrable domain is that of
 * the Public Suffix List, and the host itself where there is none (an address, an intranet name).
 * @throws TypeError when `url` is none.
 */
export function hostKey(url: string, key: HostKey): string {
  const { host, hostname } = new URL(url);
  if (key === 'host:port') return host;
  return key === 'host' ? hostname : (getDomain(hostname) ?? hostname);
}
