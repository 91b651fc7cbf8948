import ipaddr from 'ipaddr.js';

/** How many requests one address gets from this process, whatever the names of its hosts. */
export interface AddressLimits {
  /** The most requests to an address at the same time. */
  concurrency: number;
  /** The shortest time between the starts of two requests to an address, in ms. */
  gapMs: number;
}

/** The permission for one request to an address. */
export interface Slot {
  /** What counts as one address; see {@link toNetwork}. */
  network: string;
  /** Gives the slot back. Does nothing when it was given back before. */
  release(): void;
}

/** The requests to one address. */
interface Traffic {
  running: number;
  /** When the next request may start, by `performance.now()`. */
  nextAt: number;
  /** Who waits for a slot, in order. */
  waiting: ((slot: Slot) => void)[];
  timer?: NodeJS.Timeout;
}

/**
 * The requests of this process by address. Feeds and pages have a client each, but are asked for at the same addresses, so all
 * clients share it.
 */
const traffic = new Map<string, Traffic>();
/** From this number of addresses on, those without requests are forgotten. */
const MAX_ADDRESSES = 10_000;

/**
 * What counts as one address: an IPv4 address, or an IPv6 network of 64 bits. Whoever has an IPv6 address usually has all of its
 * network. A text that is no address stands for itself.
 */
export function toNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : parsed.toString();
}

/** A slot for a request that starts now; undefined when it has to wait, also behind others. */
export function takeSlot(network: string, limits: AddressLimits): Slot | undefined {
  const requests = requestsTo(network);
  return requests.waiting.length === 0 && waitMs(requests, limits) === 0 ? grant(network, requests, limits) : undefined;
}

/** Waits for a slot, at most `maxMs`; undefined when there was none until then. First come, first served. */
export function waitForSlot(network: string, limits: AddressLimits, maxMs: number): Promise<Slot | undefined> {
  const requests = requestsTo(network);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      requests.waiting.splice(requests.waiting.indexOf(take), 1);
      resolve(undefined);
    }, maxMs);
    const take = (slot: Slot) => {
      clearTimeout(timer);
      resolve(slot);
    };
    requests.waiting.push(take);
    serve(network, requests, limits);
  });
}

function requestsTo(network: string): Traffic {
  const known = traffic.get(network);
  if (known) return known;
  if (traffic.size >= MAX_ADDRESSES)
    for (const [each, { running, nextAt, waiting }] of traffic)
      if (running === 0 && waiting.length === 0 && nextAt <= performance.now()) traffic.delete(each);
  const requests: Traffic = { running: 0, nextAt: 0, waiting: [] };
  traffic.set(network, requests);
  return requests;
}

/** How long the next request has to wait, in ms; infinite until another one ends. */
const waitMs = ({ running, nextAt }: Traffic, { concurrency }: AddressLimits): number =>
  running >= concurrency ? Number.POSITIVE_INFINITY : Math.max(0, nextAt - performance.now());

function grant(network: string, requests: Traffic, limits: AddressLimits): Slot {
  requests.running += 1;
  requests.nextAt = performance.now() + limits.gapMs;
  let held = true;
  return {
    network,
    release: () => {
      if (!held) return;
      held = false;
      requests.running -= 1;
      serve(network, requests, limits);
    },
  };
}

/** Gives slots to those who wait, now or when the gap is over. */
function serve(network: string, requests: Traffic, limits: AddressLimits): void {
  clearTimeout(requests.timer);
  while (requests.waiting.length > 0) {
    const ms = waitMs(requests, limits);
    if (ms > 0) {
      if (ms < Number.POSITIVE_INFINITY) requests.timer = setTimeout(serve, ms, network, requests, limits);
      return;
    }
    requests.waiting.shift()?.(grant(network, requests, limits));
  }
}
