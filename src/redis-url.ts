import { canParseUrl } from './text/url.js';

/** A Redis server, a Sentinel or a node of a cluster. */
export interface RedisAddress {
  host: string;
  port: number;
}

/** What a server or Sentinel asks for. */
export interface RedisLogin {
  username?: string;
  password?: string;
}

/** Where the queue's Redis is: one server, the master that Sentinels name, or a cluster. */
export type RedisLocation =
  | { kind: 'server'; url: string }
  | {
      kind: 'sentinel';
      sentinels: readonly RedisAddress[];
      /** The name under which the Sentinels know the master. */
      master: string;
      db: number;
      tls: boolean;
      login: RedisLogin;
      sentinelLogin: RedisLogin;
    }
  | { kind: 'cluster'; nodes: readonly RedisAddress[]; tls: boolean; login: RedisLogin };

/** What is wrong with a URL. It never quotes the URL, which may contain a password. */
export interface RedisUrlProblem {
  problem: string;
}

/** The longest URL, in characters. It bounds the work; a name of 253 characters for each of 20 nodes fits. */
const MAX_URL_CHARS = 8_000;
/** The most addresses in a URL. Any one of them leads to all the others, so a few are enough. */
const MAX_ADDRESSES = 20;
/** The highest database number. Redis has 16 databases by default, and can have as many as this. */
const MAX_DB = 2_147_483_646;

const FORMS = {
  server: 'redis://host:6379',
  sentinel: 'redis+sentinel://host:26379,host:26379/master-name',
  cluster: 'redis+cluster://host:6379,host:6379',
};
const DEFAULT_PORTS = { sentinel: 26_379, cluster: 6_379 };

const problem = (text: string): RedisUrlProblem => ({ problem: text });
const isProblem = (value: object): value is RedisUrlProblem => 'problem' in value;

/**
 * Reads the value of REDIS_URL. `rediss` instead of `redis` means TLS, to the Sentinels too. Lists of addresses are not URLs by the
 * standard, so their parts are taken by hand; names, passwords and the master's name may be percent-encoded.
 */
export function parseRedisUrl(text: string): RedisLocation | RedisUrlProblem {
  const [, scheme = '', rest = ''] = /^([a-z+]{1,20}):\/\/(.*)$/is.exec(text.slice(0, MAX_URL_CHARS)) ?? [];
  const [transport, kind = 'server'] = scheme.toLowerCase().split('+');
  if ((transport !== 'redis' && transport !== 'rediss') || !Object.hasOwn(FORMS, kind) || scheme.split('+').length > 2)
    return problem(`must look like ${FORMS.server}, ${FORMS.sentinel} or ${FORMS.cluster}`);
  if (text.length > MAX_URL_CHARS) return problem(`must have at most ${MAX_URL_CHARS} characters`);
  const tls = transport === 'rediss';
  if (kind === 'sentinel') return readSentinel(rest, tls);
  if (kind === 'cluster') return readCluster(rest, tls);
  return canParseUrl(text) ? { kind: 'server', url: text } : problem(`must look like ${FORMS.server}`);
}

function readSentinel(rest: string, tls: boolean): RedisLocation | RedisUrlProblem {
  const parts = splitParts(rest, DEFAULT_PORTS.sentinel);
  if (isProblem(parts)) return parts;
  const { addresses, login, path, options } = parts;
  const [master = '', db = '0', ...more] = path;
  if (!master) return problem(`must name the master after the addresses: ${FORMS.sentinel}`);
  if (more.length > 0 || !/^\d{1,10}$/.test(db) || Number(db) > MAX_DB)
    return problem('must end with the name of the master, or with its name and the number of a database');
  const { sentinel_username: username, sentinel_password: password, ...unknown } = options;
  if (Object.keys(unknown).length > 0) return problem('may have only the options sentinel_username and sentinel_password');
  const sentinelLogin = toLogin(username, password);
  return { kind: 'sentinel', sentinels: addresses, master, db: Number(db), tls, login, sentinelLogin };
}

function readCluster(rest: string, tls: boolean): RedisLocation | RedisUrlProblem {
  const parts = splitParts(rest, DEFAULT_PORTS.cluster);
  if (isProblem(parts)) return parts;
  const { addresses, login, path, options } = parts;
  if (path.some((segment) => segment !== '' && segment !== '0'))
    return problem('must name no database: a cluster has only number 0');
  if (Object.keys(options).length > 0) return problem(`may have no options: ${FORMS.cluster}`);
  return { kind: 'cluster', nodes: addresses, tls, login };
}

interface Parts {
  addresses: readonly RedisAddress[];
  login: RedisLogin;
  path: readonly string[];
  options: Record<string, string>;
}

/** Splits what follows the scheme: `user:password@host:port,host:port/path?options`. */
function splitParts(rest: string, defaultPort: number): Parts | RedisUrlProblem {
  const [, authority = '', path = '', query = ''] = /^([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const [username = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':');
  const addresses = readAddresses(authority.slice(at + 1), defaultPort);
  if (isProblem(addresses)) return addresses;
  try {
    return {
      addresses,
      login: toLogin(decodeURIComponent(username), decodeURIComponent(password.join(':'))),
      path: path.split('/').map(decodeURIComponent),
      options: Object.fromEntries(new URLSearchParams(query)),
    };
  } catch {
    return problem('has a % that begins no percent-encoded character; write %25 for the character itself');
  }
}

function readAddresses(text: string, defaultPort: number): readonly RedisAddress[] | RedisUrlProblem {
  const parts = text.split(',');
  if (parts.length > MAX_ADDRESSES) return problem(`may have at most ${MAX_ADDRESSES} addresses`);
  const addresses: RedisAddress[] = [];
  for (const part of parts) {
    const [, v6, name, digits] = /^(?:\[([0-9a-f:.]{2,45})\]|([\w.-]{1,253}))(?::(\d{1,5}))?$/i.exec(part) ?? [];
    const host = v6 ?? name;
    const port = digits === undefined ? defaultPort : Number(digits);
    if (!host || port < 1 || port > 65_535) {
      // The reader finds the place by its number: the text may be a part of a password.
      const hint = 'In a password, write % / ? # and @ percent-encoded, such as %2F for /';
      return problem(`needs host:port as address ${addresses.length + 1} of its list. ${hint}`);
    }
    addresses.push({ host, port });
  }
  return addresses;
}

const toLogin = (username: string | undefined, password: string | undefined): RedisLogin => ({
  ...(username && { username }),
  ...(password && { password }),
});
