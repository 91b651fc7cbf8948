import { getDomain } from 'tldts';
import { trimEndOf } from './trim.js';

/**
 * The site that a URL belongs to: its registrable domain by the Public Suffix List. Domains under which anybody may have a name
 * (github.io, blogspot.com) count as suffixes, so that neighbours there are not one site. Hosts without such a domain (IP
 * addresses, intranet names) are a site each, with their port: each port may be somebody else's.
 * @throws {TypeError} when `url` is not a valid URL
 */
export function toSite(url: string): string {
  const { hostname, host } = new URL(url);
  return getDomain(trimEndOf(hostname, '.'), { allowPrivateDomains: true }) ?? host;
}
