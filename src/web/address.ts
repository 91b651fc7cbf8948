import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Refused: the address is in a network that a stranger's feed must not make us ask. */
export class PrivateAddressError extends Error {
  readonly code = 'FEEDMILL_PRIVATE_ADDRESS';
}

type Address = ReturnType<typeof ipaddr.process>;
type Network = [Address, number];

/** One entry of ALLOW_PRIVATE_HOSTS: a host name or a network, on one port or on all. */
interface Allowed {
  host?: string;
  network?: Network;
  port?: number;
}

export type AllowList = { ok: Allowed[] } | { problems: string[] };

/** Reads `host`, `host:port`, `10.0.0.1`, `10.0.0.0/8`, `127.0.0.1:8787`, `[::1]:80`, `fd00::/8`; lists what it can't read. */
export function parseAllowList(entries: readonly string[]): AllowList {
  const problems: string[] = [];
  const ok = entries.flatMap((entry) => {
    const allowed = parseEntry(entry);
    if (!allowed)
      problems.push(`"${entry}" is no host, address or network (such as intranet.example, 127.0.0.1:8080, 10.0.0.0/8)`);
    return allowed ? [allowed] : [];
  });
  return problems.length > 0 ? { problems } : { ok };
}

function parseEntry(entry: string): Allowed | undefined {
  const bracketed = /^\[([^\]]+)\](\/\d+)?(?::(\d+))?$/.exec(entry);
  const plain = /^([^:]+?)(\/\d+)?(?::(\d+))?$/.exec(entry);
  const [, name = '', bits = '', portText] = bracketed ?? plain ?? [undefined, ...entry.split(/(?=\/)/)];
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !(port >= 1 && port <= 65_535)) return undefined;
  const withPort = port === undefined ? {} : { port };
  if (ipaddr.isValid(name)) {
    const address = ipaddr.process(name);
    const size = bits ? Number(bits.slice(1)) : address.kind() === 'ipv4' ? 32 : 128;
    if (size > (address.kind() === 'ipv4' ? 32 : 128)) return undefined;
    return { network: [address, size], ...withPort };
  }
  if (bits || !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name)) return undefined;
  return { host: name.toLowerCase(), ...withPort };
}

export interface AddressGuard {
  /** Whether this literal address may be connected to, for this host name and port. */
  allows(address: string, host: string, port: number): boolean;
  /** A DNS lookup that gives only addresses that may be connected to; fails with {@link PrivateAddressError} when none is left. */
  lookupFor(port: number): LookupFunction;
}

/**
 * Guards connections by the address that is really connected to, after DNS, so that a name which answers differently the
 * second time (rebinding) gains nothing.
 */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const parsed = parseAllowList(allow);
  if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
  const list = parsed.ok;

  const allows = (text: string, host: string, port: number): boolean => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    if (isPublic(address)) return true;
    return list.some(
      (entry) =>
        (entry.port === undefined || entry.port === port) &&
        (entry.host === host.toLowerCase() || (entry.network !== undefined && inNetwork(address, entry.network))),
    );
  };

  const lookup = cachedLookup();
  return {
    allows,
    lookupFor: (port) => (hostname, options, callback) => {
      lookup(hostname, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const usable = addresses.filter(({ address }) => allows(address, hostname, port));
        const [first] = usable;
        if (!first) return callback(new PrivateAddressError(`${hostname} is in a private network`), '', 0);
        if (options.all) return callback(null, usable);
        return callback(null, first.address, first.family);
      });
    },
  };
}

/** Answers of the name service are used so long, in ms: a host's feed and pages are asked for within it, a site that moves is found soon. */
const DNS_FRESH_MS = 60_000;
/** Names kept at once; the oldest goes. */
const DNS_NAMES = 10_000;

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** The system's lookup with a short memory. Node's own runs in four threads that files share: uncached, it would hold up all else. */
function cachedLookup() {
  const known = new Map<string, { addresses: LookupAddress[]; until: number }>();
  const asked = new Map<string, Answer[]>();
  return (hostname: string, answer: Answer): void => {
    const kept = known.get(hostname);
    if (kept && kept.until > Date.now()) return void process.nextTick(answer, null, kept.addresses);
    const waiting = asked.get(hostname);
    if (waiting) return void waiting.push(answer);
    asked.set(hostname, [answer]);
    systemLookup(hostname, { all: true }, (error, addresses) => {
      known.delete(hostname);
      if (!error) known.set(hostname, { addresses, until: Date.now() + DNS_FRESH_MS });
      if (known.size > DNS_NAMES) known.delete(known.keys().next().value ?? '');
      const answers = asked.get(hostname) ?? [];
      asked.delete(hostname);
      for (const one of answers) one(error, addresses);
    });
  };
}

const inNetwork = (address: Address, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

/** All that IANA has given out of IPv6 (RFC 4291 §2.4 and its registry): 2000::/3. */
const GLOBAL_UNICAST = ipaddr.parse('2000::');

/** Where a cloud tells its machines their secrets on a public address (Azure's WireServer; the others use link-local ones). */
const METADATA = ['168.63.129.16'];

/**
 * Global unicast alone, by the registries of special addresses (IANA; RFC 6890). Addresses that carry another one inside
 * (IPv4-mapped, NAT64, 6to4, Teredo) are refused with it: no public site needs them.
 */
const isPublic = (address: Address): boolean =>
  !METADATA.includes(address.toString()) &&
  address.range() === 'unicast' &&
  (address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST, 3));
