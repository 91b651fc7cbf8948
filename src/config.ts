import { z } from 'zod';
import { parseAllowList } from './web/address.js';

/** Whole numbers of milliseconds and the like, as texts of the environment. */
const whole = (fallback: number, min: number, max: number) =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)
    .default(fallback);

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** NaN for what is no duration. */
function toMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  return match ? Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0) : Number.NaN;
}

/** Longer ones would overflow the timers of Node (2^31 ms), which then fire at once. */
const MAX_DURATION_MS = 24 * 86_400_000;

/** A duration such as `90s`, `5m`, `24h`, `1d` or `500ms`, as milliseconds. */
const duration = (fallback: string, minMs: number) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = toMs(text);
      if (Number.isFinite(ms) && ms >= minMs && ms <= MAX_DURATION_MS) return ms;
      context.addIssue({ code: 'custom', message: `must be a duration from ${minMs} ms to 24 days, such as 90s, 5m, 24h or 1d` });
      return z.NEVER;
    });

/** Durations in ascending order, such as `1h, 6h`; `0` is none. */
const durations = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      if (text.trim() === '0') return [];
      const parts = text.split(/[\s,]+/).filter(Boolean);
      const times = parts.map(toMs);
      if (times.length > 0 && times.every((ms, n) => ms > (times[n - 1] ?? 0))) return times;
      context.addIssue({
        code: 'custom',
        message: 'must be durations, each longer than the one before, such as 1h, 6h, 1d; or 0',
      });
      return z.NEVER;
    });

const connectionUrl = (schemes: readonly string[], example: string) =>
  z.string().superRefine((text, context) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : undefined;
    // The value itself may hold a password, so it is never repeated in the message.
    if (!scheme || !schemes.includes(scheme)) context.addIssue({ code: 'custom', message: `must look like ${example}` });
  });

/** An address that others reach us by, without the slash at its end. */
const publicAddress = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username) return url.href.replace(/\/+$/, '');
  context.addIssue({ code: 'custom', message: 'must look like https://feedmill.example.org' });
  return z.NEVER;
});

/** Where pictures are asked for in place of their own hosts. */
const imageProxy = z.string().superRefine((text, context) => {
  if (text.includes('{url}') && URL.canParse(text.replaceAll('{url}', 'x')) && /^https?:/.test(text)) return;
  context.addIssue({ code: 'custom', message: 'must look like https://proxy.example/?url={url}' });
});

const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter(Boolean));

/** A feed that takes longer than this to read, in ms, is made to. */
const FEED_READ_LIMIT_MS = 10_000;

const PRINTABLE = /^[\x20-\x7e]+$/;

const Env = z.object({
  DATABASE_URL: connectionUrl(['postgres', 'postgresql'], 'postgres://user:password@host:5432/database').optional(),
  REDIS_URL: connectionUrl(['redis', 'rediss'], 'redis://host:6379').optional(),
  FEEDMILL_DATA: z.string().min(1).default('.feedmill'),
  EMBEDDED_POSTGRES_PORT: whole(54_329, 1, 65_535),
  SAMPLER_PORT: whole(8_787, 1, 65_535),
  ALLOW_PRIVATE_HOSTS: list.superRefine((entries, context) => {
    const parsed = parseAllowList(entries);
    if ('problems' in parsed) for (const message of parsed.problems) context.addIssue({ code: 'custom', message });
  }),
  HOST_GAP_MS: whole(1_000, 0, 3_600_000),
  HOST_CONCURRENCY: whole(1, 1, 100),
  HOST_KEY: z.enum(['host', 'host:port', 'domain']).default('host:port'),
  ROBOTS_FEEDS: z.enum(['0', '1']).default('0'),
  POLL_MIN: duration('5m', 1_000),
  POLL_MAX: duration('24h', 1_000),
  FETCH_TIMEOUT: duration('30s', 100),
  FEED_MAX_BYTES: whole(20_000_000, 1_000, 200_000_000),
  PAGE_MAX_BYTES: whole(10_000_000, 1_000, 200_000_000),
  EXTRACT_TIMEOUT: duration('5s', 100),
  EXTRACT_THREADS: whole(1, 1, 64),
  RULES_DIR: z.string().min(1).optional(),
  FEED_CONCURRENCY: whole(20, 1, 500),
  ARTICLE_CONCURRENCY: whole(20, 1, 500),
  LEASE: duration('2m', 500),
  RETRY_BASE: duration('1m', 10),
  RETENTION_DAYS: whole(0, 0, 36_500),
  IMAGE_PROXY: imageProxy.optional(),
  KEEP_PAGES_DAYS: whole(3, 0, 3_650),
  REVISIT: durations('1h, 6h, 24h, 3d'),
  POLL_TICK: duration('1s', 10),
  SHUTDOWN_GRACE: duration('2s', 100),
  // Header values are printable ASCII: anything else would fail each request.
  USER_AGENT: z.string().max(200).regex(PRINTABLE, 'must be printable ASCII').optional(),
  CONTACT_URL: z.string().max(150).regex(PRINTABLE, 'must be printable ASCII').default('https://feedmill.example/bot'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['auto', 'json', 'pretty']).default('auto'),
  PUBLIC_URL: publicAddress.optional(),
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: whole(8_780, 0, 65_535),
  HEARTBEAT_FILE: z.string().min(1).optional(),
});

/** Our own variables start like this; another one that does is a typing error. */
const OWN_PREFIX = 'FEEDMILL_';

/** The environment is not what it should be; `problems` lists all that is wrong. */
export class BadConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The environment has ${problems.length === 1 ? 'a fault' : `${problems.length} faults`}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
}

export type Config = ReturnType<typeof loadConfig>;

/**
 * The environment as plain values in groups; the only reader of variable names.
 * @throws {BadConfigError} with every fault at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv) {
  // docker-compose hands an unset variable down as an empty text: the same as not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Env.safeParse(given);
  const unknown = Object.keys(given).filter((name) => name.startsWith(OWN_PREFIX) && !(name in Env.shape));
  const problems = [
    ...unknown.map((name) => `${name}: there is no such setting`),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
  ];
  if (parsed.success && parsed.data.POLL_MIN > parsed.data.POLL_MAX) problems.push('POLL_MIN: must not be longer than POLL_MAX');
  // A request that outlives its lease would meet the next one at its host.
  if (parsed.success && parsed.data.LEASE < 2 * parsed.data.FETCH_TIMEOUT)
    problems.push('LEASE: must be at least twice FETCH_TIMEOUT');
  if (!parsed.success || problems.length > 0) throw new BadConfigError(problems);
  const { data } = parsed;
  return {
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    dataDir: data.FEEDMILL_DATA,
    embeddedPort: data.EMBEDDED_POSTGRES_PORT,
    samplerPort: data.SAMPLER_PORT,
    fetch: {
      userAgent: data.USER_AGENT ?? `Feedmill/0.1 (+${data.CONTACT_URL})`,
      timeoutMs: data.FETCH_TIMEOUT,
      allowPrivateHosts: data.ALLOW_PRIVATE_HOSTS,
    },
    feedMaxBytes: data.FEED_MAX_BYTES,
    pageMaxBytes: data.PAGE_MAX_BYTES,
    feedReader: { timeoutMs: FEED_READ_LIMIT_MS, threads: 1 },
    extract: { timeoutMs: data.EXTRACT_TIMEOUT, threads: data.EXTRACT_THREADS },
    rulesDir: data.RULES_DIR,
    http: { publicUrl: data.PUBLIC_URL, host: data.HTTP_HOST, port: data.HTTP_PORT },
    hostGapMs: data.HOST_GAP_MS,
    hostConcurrency: data.HOST_CONCURRENCY,
    hostKey: data.HOST_KEY,
    robotsForFeeds: data.ROBOTS_FEEDS === '1',
    cadence: { minMs: data.POLL_MIN, maxMs: data.POLL_MAX },
    feedConcurrency: data.FEED_CONCURRENCY,
    articleConcurrency: data.ARTICLE_CONCURRENCY,
    leaseMs: data.LEASE,
    retryBaseMs: data.RETRY_BASE,
    /** 0: for ever. */
    retentionDays: data.RETENTION_DAYS,
    imageProxy: data.IMAGE_PROXY,
    keepPagesDays: data.KEEP_PAGES_DAYS,
    revisitDelays: data.REVISIT,
    tickMs: data.POLL_TICK,
    graceMs: data.SHUTDOWN_GRACE,
    log: { level: data.LOG_LEVEL, format: data.LOG_FORMAT },
    heartbeatFile: data.HEARTBEAT_FILE,
  };
}
