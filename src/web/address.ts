import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { present } from '../text/present.js';

/** A connection was refused because its address is private: a feed must not make us send requests into our own network. */
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

/** The parsed entries of ALLOW_PRIVATE_HOSTS, or one problem for each invalid entry. */
export type AllowList = { ok: Allowed[] } | { problems: string[] };

/**
 * Parses entries such as `host`, `host:port`, `10.0.0.1`, `10.0.0.0/8`, `127.0.0.1:8787`, `[::1]:80` and `fd00::/8`.
 * Returns one problem per entry that it can't parse.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const problems: string[] = [];
  const ok = entries.flatMap((entry) => {
    const allowed = parseEntry(entry);
    if (!allowed)
      problems.push(
        `"${entry}" is not a host, a complete address or a network (examples: intranet.example, 127.0.0.1:8080, 10.0.0.0/8)`,
      );
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
  if (isCompleteAddress(name)) {
    const address = ipaddr.process(name);
    const size = bits ? Number(bits.slice(1)) : address.kind() === 'ipv4' ? 32 : 128;
    if (size > (address.kind() === 'ipv4' ? 32 : 128)) return undefined;
    return { network: [address, size], ...present({ port }) };
  }
  if (bits || NUMERIC_NAME.test(name) || !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name)) return undefined;
  return { host: name.toLowerCase(), ...present({ port }) };
}

/** A host name whose last label is a number is an address, possibly in a short form (URL Standard, "ends in a number"). */
const NUMERIC_NAME = /(^|\.)(\d+|0x[\da-f]*)\.?$/i;

/**
 * Whether the text is an IPv6 address or four decimal numbers without leading zeros. Short, octal, hexadecimal and integer
 * forms mean something else to most people: `10` is 0.0.0.10, `127.1` is 127.0.0.1 and `010.0.0.1` is 8.0.0.1.
 */
const isCompleteAddress = (text: string): boolean =>
  text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);

/** Decides which addresses we may connect to. */
export interface AddressGuard {
  /** Whether we may connect to this IP address, which `host` resolved to, on this port. */
  allows(address: string, host: string, port: number): boolean;
  /** A DNS lookup that returns only addresses we may connect to. Fails with {@link PrivateAddressError} when none is left. */
  lookupFor(port: number): LookupFunction;
}

/**
 * Creates a guard against connections to private addresses. It checks the address that is connected to, after DNS, so a name that
 * resolves differently the second time (DNS rebinding) can't get around it.
 * @param allow entries of ALLOW_PRIVATE_HOSTS
 * @throws when an entry is invalid
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

/**
 * How long a DNS answer is used, in ms: long enough for the feed and the pages of a host, short enough to notice when a site
 * moves.
 */
const DNS_FRESH_MS = 60_000;
/** The size limit of the DNS cache, in names. The oldest is dropped. */
const MAX_DNS_NAMES = 10_000;

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/**
 * The system's lookup with a short cache. Node runs lookups in the four threads that file access shares, so many of them
 * would block it.
 */
function cachedLookup() {
  const known = new Map<string, { addresses: LookupAddress[]; until: number }>();
  const pending = new Map<string, Answer[]>();
  return (hostname: string, answer: Answer): void => {
    const kept = known.get(hostname);
    if (kept && kept.until > performance.now()) return void process.nextTick(answer, null, kept.addresses);
    const waiting = pending.get(hostname);
    if (waiting) return void waiting.push(answer);
    pending.set(hostname, [answer]);
    systemLookup(hostname, { all: true }, (error, addresses) => {
      known.delete(hostname);
      if (!error) known.set(hostname, { addresses, until: performance.now() + DNS_FRESH_MS });
      if (known.size > MAX_DNS_NAMES) known.delete(known.keys().next().value ?? '');
      const answers = pending.get(hostname) ?? [];
      pending.delete(hostname);
      for (const each of answers) each(error, addresses);
    });
  };
}

const inNetwork = (address: Address, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

/** The only block of IPv6 that IANA has assigned to global unicast (RFC 4291 §2.4 and its registry): 2000::/3. */
const GLOBAL_UNICAST = ipaddr.parse('2000::');

/** Public addresses where a cloud serves secrets to its machines (Azure's WireServer). Other clouds use link-local addresses. */
const CLOUD_METADATA = ['168.63.129.16'];

/**
 * Only global unicast counts as public, by IANA's registries of special addresses (RFC 6890). Addresses that embed another one
 * (NAT64, 6to4, Teredo) are refused as well; no public site needs them.
 */
const isPublic = (address: Address): boolean =>
  !CLOUD_METADATA.includes(address.toString()) &&
  address.range() === 'unicast' &&
  (address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST, 3));
