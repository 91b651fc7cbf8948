import { Agent, buildConnector, Pool } from 'undici';
import { createAddressGuard, PrivateAddressError } from './address.js';
import type { AddressLimits } from './address-limit.js';
import { LimitedClient, type LimitedOptions } from './limited-client.js';

/** The size limit of response headers, in bytes. Honest headers stay under 16 KiB, but some consent cookies do not. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Connections per origin. Politeness allows one request at a time to a host; redirects and retries may briefly overlap. */
const CONNECTIONS_PER_ORIGIN = 4;
/** The longest wait for a connection, in ms. By then TCP has sent its third SYN in vain. */
const CONNECT_TIMEOUT_MS = 10_000;
/** The shortest wait for a connection, in ms, since undici's timers may be a second late. */
const MIN_CONNECT_TIMEOUT_MS = 1_000;

/** The limits of a connection pool. */
export interface AgentOptions {
  /** The time limit of a whole request, in ms. */
  timeoutMs: number;
  /** Entries of ALLOW_PRIVATE_HOSTS. */
  allowPrivateHosts: readonly string[];
  perAddress: AddressLimits;
}

/**
 * Creates a connection pool that speaks HTTP/1.1 and HTTP/2, refuses to connect to private addresses, and keeps within the
 * limits of each address.
 */
export function createAgent({ allowPrivateHosts, timeoutMs, perAddress }: AgentOptions): Agent {
  const guard = createAddressGuard(allowPrivateHosts);
  const connectTo = (port: number) =>
    buildConnector({ lookup: guard.lookupFor(port), timeout: connectTimeout(timeoutMs), allowH2: true });
  return new Agent({
    factory: (origin, options) =>
      new Pool(origin, { ...options, factory: (url, own) => new LimitedClient(url, own as LimitedOptions, perAddress) }),
    connections: CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    allowH2: true,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: (target, callback) => {
      const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
      const host = target.hostname.replace(/^\[|\]$/g, '');
      // net.connect does not call `lookup` for a literal address, so the guard has to be asked here.
      if (/^[\d.]+$|:/.test(host) && !guard.allows(host, host, port)) {
        callback(new PrivateAddressError(`${host} is in a private network`), null);
        return;
      }
      connectTo(port)(target, callback);
    },
  });
}

/** Shorter than the limit of the whole request, so that a host that never answers can be distinguished from a slow one. */
const connectTimeout = (timeoutMs: number) =>
  Math.max(Math.min(timeoutMs / 2, CONNECT_TIMEOUT_MS), Math.min(timeoutMs, MIN_CONNECT_TIMEOUT_MS));
