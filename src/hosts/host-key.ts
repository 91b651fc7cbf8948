import { getDomain } from 'tldts';
import { trimEndChars } from '../text/trim.js';

/** What counts as one host (the setting HOST_KEY): the name alone, the name with its port, or the registrable domain. */
export type HostKeyScope = 'host' | 'host:port' | 'domain';

/**
 * The key under which politeness counts a URL's requests. A scheme's default port is left out. The registrable domain comes
 * from the Public Suffix List; hosts without one (IP addresses, intranet names) count as themselves.
 * @throws {TypeError} when `url` is not a valid URL
 */
export function toHostKey(url: string, scope: HostKeyScope): string {
  const { hostname, port } = new URL(url);
  const name = trimEndChars(hostname, '.');
  if (scope === 'host:port') return port === '' ? name : `${name}:${port}`;
  return scope === 'host' ? name : (getDomain(name) ?? name);
}
