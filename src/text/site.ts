import { getDomain } from 'tldts';
import { isSharedDomain } from './shared-domains.js';
import { trimEndChars } from './trim.js';

/**
 * The site that a URL belongs to: its registrable domain by the Public Suffix List. Domains under which anybody may have a name
 * (github.io, substack.com) count as suffixes, so that neighbours there are not one site. Hosts without such a domain (IP
 * addresses, intranet names) are a site each, with their port: each port may be somebody else's.
 * @throws {TypeError} when `url` is not a valid URL
 */
export function toSite(url: string): string {
  const { hostname, host } = new URL(url);
  const name = trimEndChars(hostname, '.');
  const domain = getDomain(name, { allowPrivateDomains: true });
  if (domain === null) return host;
  return isSharedDomain(domain) ? withLabelBefore(name, domain) : domain;
}

/** The domain with the one label of `name` before it, if it has one. */
function withLabelBefore(name: string, domain: string): string {
  const label = name.slice(0, -domain.length - 1);
  return label === '' ? domain : `${label.slice(label.lastIndexOf('.') + 1)}.${domain}`;
}
