import { redactCredentials } from './credentials.js';
import type { FailedFetch, FetchOutcome, Gate, Unreachable } from './outcome.js';

type Of<Kind extends FetchOutcome['kind']> = Extract<FetchOutcome, { kind: Kind }>;

/** One sentence for people: what happened, and what they can do about it. Contains no credentials. */
export function describeOutcome(outcome: FetchOutcome): string {
  switch (outcome.kind) {
    case 'fetched':
      return 'The document was fetched.';
    case 'unchanged':
      return 'The document has not changed.';
    case 'moved':
      return `It moved ${outcome.permanent ? 'permanently' : 'temporarily'} (${outcome.status}) to ${redactCredentials(outcome.to)}.`;
    default:
      return describeFailure(outcome);
  }
}

function describeFailure(failure: FailedFetch): string {
  switch (failure.kind) {
    case 'gone':
      return 'The site says this address is gone for good (410). Look for its new address, or unsubscribe.';
    case 'missing':
      return 'There is nothing at this address (404). Check the address on the site.';
    case 'refused':
      return describeRefusal(failure);
    case 'throttled':
      return failure.status === 429
        ? 'The site asks us to slow down (429). All requests to its host wait.'
        : `The site is overloaded or under maintenance (${failure.status}). All requests to its host wait.`;
    case 'server-error':
      return `The site has an internal error (${failure.status}). We will try again later.`;
    case 'rejected':
      return `The site answered with status ${failure.status}, which we can't use.`;
    case 'too-large':
      return `The document is larger than the limit of ${failure.maxBytes} bytes.`;
    case 'too-slow':
      return `The request took longer than the limit of ${failure.timeoutMs} ms. We will try again later.`;
    case 'crowded':
      return 'Too many of our requests waited for the address of this site (ADDRESS_CONCURRENCY). We will try again soon.';
    case 'unreachable':
      return `We can't reach the site: ${UNREACHABLE[failure.cause]} (${failure.code}). We will try again later.`;
    case 'not-allowed':
      return NOT_ALLOWED[failure.reason];
    case 'bad-content':
      return BAD_CONTENT[failure.reason];
  }
}

const describeRefusal = ({ status, gate }: Of<'refused'>): string =>
  gate
    ? GATE[gate](status)
    : `The site refuses us (${status}). It may require a login or block bots. Ask the site for access, or unsubscribe.`;

const GATE: Record<Gate, (status: number) => string> = {
  'bot-check': (status) => `The site blocks us with a bot check (${status}). Ask the site to allow your USER_AGENT.`,
  consent: () => 'The site shows a consent form instead of the document, which an aggregator cannot fill in.',
};

/** Continues "We can't reach the site: …". */
const UNREACHABLE: Record<Unreachable, string> = {
  dns: 'the host does not exist or its name could not be looked up. Check the spelling',
  refused: 'the host refuses connections. The site may be down',
  reset: 'the connection was reset. The site may be overloaded, or block bots',
  timeout: 'the host does not answer. The site may be down',
  tls: 'its TLS certificate or encryption is invalid. Only the site can fix that',
  network: 'the connection failed',
};

const NOT_ALLOWED: Record<Of<'not-allowed'>['reason'], string> = {
  address: 'The address is in a private network, which we do not fetch from. If it is yours, add it to ALLOW_PRIVATE_HOSTS.',
  scheme: 'The address is not http or https.',
  crashes: 'Every attempt at this address crashed its worker. We leave it alone for a while.',
  robots: "The site's robots.txt does not allow us to fetch this address.",
};

const BAD_CONTENT: Record<Of<'bad-content'>['reason'], string> = {
  encoding: 'The compressed response is corrupt.',
  empty: 'The response is empty.',
  'redirect-loop': 'The address redirects in a loop, or too many times.',
  truncated: 'The response was cut off before its end. We will try again later.',
  'header-too-large': 'The response headers are larger than the limit.',
};

/** A short code for the failure of a request, for rows and logs. */
export type FailureCode =
  | Exclude<FailedFetch['kind'], 'bad-content' | 'not-allowed'>
  | 'bad-encoding'
  | Exclude<Of<'bad-content'>['reason'], 'encoding'>
  | 'private-address'
  | Exclude<Of<'not-allowed'>['reason'], 'address'>;

/** The kind of failure, or its reason where that says more (`bad-encoding`, `private-address`). */
export function toFailureCode(failure: FailedFetch): FailureCode {
  if (failure.kind === 'bad-content') return failure.reason === 'encoding' ? 'bad-encoding' : failure.reason;
  if (failure.kind === 'not-allowed') return failure.reason === 'address' ? 'private-address' : failure.reason;
  return failure.kind;
}
