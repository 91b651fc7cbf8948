import { getDomain } from 'tldts';

/** What politeness counts as one host: the name alone, the name with its port, or the registrable domain. */
export type HostKeyScope = 'host' | 'host:port' | 'domain';

/**
 * What politeness counts a URL under. The port is left out where it is the scheme's own; the registrable domain is that of
 * the Public Suffix List, and the host itself where there is none (an address, an intranet name).
 * @throws TypeError when `url` is none.
 */
export function toHostKey(url: string, scope: HostKeyScope): string {
  const { hostname, port } = new URL(url);
  const name = hostname.replace(/\.+$/, '');
  if (scope === 'host:port') return port === '' ? name : `${name}:${port}`;
  return scope === 'host' ? name : (getDomain(name) ?? name);
}
