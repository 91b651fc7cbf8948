import { z } from 'zod';
import { connectionUrl, duration, durations, imageProxy, list, port, publicUrl, redisUrl, whole } from './setting-types.js';
import { parseAllowList } from './web/address.js';

/** The time limit for parsing one feed, in ms. Honest feeds take far less than a second; a hostile one is stopped. */
const FEED_PARSE_TIMEOUT_MS = 10_000;

/** The fewest connections that a process can work with: those of `feedmill start` with its queues in Postgres, and 2 for its jobs. */
export const MIN_DATABASE_CONNECTIONS = 8;

/** Printable ASCII, as header values need it: any other character would make every request fail. */
const PRINTABLE = /^[\x20-\x7e]+$/;

/** A mail address, or a name and a mail address in angle brackets. */
const MAIL_SENDER = /^(?:[^<>"@,;\r\n]+ <[\w.+-]+@[a-z0-9.-]+>|[\w.+-]+@[a-z0-9.-]+)$/i;

const Env = z.object({
  // Where data is stored
  DATABASE_URL: connectionUrl(['postgres', 'postgresql'], 'postgres://user:password@host:5432/database').optional(),
  DATABASE_CONNECTIONS: whole(10, MIN_DATABASE_CONNECTIONS, 1_000),
  REDIS_URL: redisUrl.optional(),
  FEEDMILL_DATA: z.string().min(1).default('.feedmill'),
  EMBEDDED_POSTGRES_PORT: whole(54_329, 1, 65_535),
  // The sample sites
  SAMPLER_PORT: whole(8_787, 1, 65_535),
  // Requests and politeness
  ALLOW_PRIVATE_HOSTS: list.superRefine((entries, context) => {
    const parsed = parseAllowList(entries);
    if ('problems' in parsed) for (const message of parsed.problems) context.addIssue({ code: 'custom', message });
  }),
  HOST_GAP_MS: whole(1_000, 0, 3_600_000),
  HOST_CONCURRENCY: whole(1, 1, 100),
  ADDRESS_CONCURRENCY: whole(8, 1, 500),
  HOST_KEY: z.enum(['host', 'host:port', 'domain']).default('host:port'),
  ROBOTS_FEEDS: z.enum(['0', '1']).default('0'),
  // Polling
  POLL_MIN: duration('5m', 1_000),
  POLL_MAX: duration('24h', 1_000),
  // Fetching and reading one document
  FETCH_TIMEOUT: duration('30s', 100),
  FEED_MAX_BYTES: whole(20_000_000, 1_000, 200_000_000),
  FEED_MAX_NEW_PER_DAY: whole(5_000, 1, 1_000_000),
  FEED_MAX_NEW_HOSTS: whole(200, 1, 100_000),
  PUSHES_PER_MINUTE: whole(30, 1, 10_000),
  PAGE_MAX_BYTES: whole(10_000_000, 1_000, 200_000_000),
  EXTRACT_TIMEOUT: duration('5s', 100),
  EXTRACT_THREADS: whole(1, 1, 64),
  RULES_DIR: z.string().min(1).optional(),
  // Workers
  FEED_CONCURRENCY: whole(20, 1, 500),
  ARTICLE_CONCURRENCY: whole(20, 1, 500),
  LEASE: duration('2m', 500),
  RETRY_BASE: duration('1m', 10),
  // Deliveries
  DELIVERY_CONCURRENCY: whole(50, 1, 500),
  DELIVERY_TIMEOUT: duration('15s', 100),
  SMTP_URL: connectionUrl(['smtp', 'smtps'], 'smtps://user:password@host:465').optional(),
  MAIL_FROM: z
    .string()
    .max(250)
    .regex(MAIL_SENDER, 'must look like feedmill@example.org or Feedmill <feedmill@example.org>')
    .optional(),
  // What is kept, and how it is shown
  RETENTION_DAYS: whole(0, 0, 36_500),
  CLUSTER_DAYS: whole(14, 1, 365),
  IMAGE_PROXY: imageProxy.optional(),
  KEEP_PAGES_DAYS: whole(3, 0, 3_650),
  KEEP_POLLS_DAYS: whole(30, 0, 36_500),
  KEEP_CHANGES_DAYS: whole(0, 0, 36_500),
  REVISIT: durations('1h, 6h, 24h, 3d'),
  // Timing of the processes
  POLL_TICK: duration('1s', 10),
  SHUTDOWN_GRACE: duration('2s', 100),
  // How we introduce ourselves
  USER_AGENT: z.string().max(200).regex(PRINTABLE, 'must contain only printable ASCII characters').optional(),
  CONTACT_URL: z.string().max(150).regex(PRINTABLE, 'must contain only printable ASCII characters').optional(),
  // Logging
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['auto', 'json', 'pretty']).default('auto'),
  // HTTP server and health checks
  PUBLIC_URL: publicUrl.optional(),
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: port(8_780),
  HEARTBEAT_FILE: z.string().min(1).optional(),
  // Traces, by the names that OpenTelemetry gives its settings
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:4318' }).optional(),
  OTEL_SERVICE_NAME: z.string().min(1).max(200).default('feedmill'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1')
    .default(1),
});

/** What stands for the contact of an operator who gave none: a page that does not exist. */
const PLACEHOLDER_CONTACT = 'https://feedmill.example/bot';

/** The prefix of variables that are ours alone. An unknown one with it must be a typo. */
const OWN_PREFIX = 'FEEDMILL_';

/** The environment is invalid; `problems` lists everything that is wrong. */
export class BadConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    const heading = problems.length === 1 ? 'There is a problem' : `There are ${problems.length} problems`;
    super([`${heading} with the environment variables:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

/** All settings, as plain values. Durations are in ms. */
export type Config = ReturnType<typeof loadConfig>;

/** Checks all variables and the relations between them. @throws {BadConfigError} with all problems at once */
function parseEnv(env: NodeJS.ProcessEnv): z.output<typeof Env> {
  // docker-compose passes an unset variable on as an empty string.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Env.safeParse(given);
  const unknown = Object.keys(given).filter((name) => name.startsWith(OWN_PREFIX) && !(name in Env.shape));
  const problems = [
    ...unknown.map((name) => `${name}: unknown setting`),
    ...(parsed.success
      ? findConflicts(parsed.data)
      : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
  ];
  if (!parsed.success || problems.length > 0) throw new BadConfigError(problems);
  return parsed.data;
}

/** Settings that are valid by themselves but not together. */
function findConflicts({ POLL_MIN, POLL_MAX, LEASE, FETCH_TIMEOUT, SMTP_URL, MAIL_FROM }: z.output<typeof Env>): string[] {
  return [
    ...(POLL_MIN > POLL_MAX ? ['POLL_MIN: must not be longer than POLL_MAX'] : []),
    // A request that outlives its lease would overlap with the next one to its host.
    ...(LEASE < 2 * FETCH_TIMEOUT ? ['LEASE: must be at least twice FETCH_TIMEOUT'] : []),
    ...((SMTP_URL === undefined) !== (MAIL_FROM === undefined) ? ['SMTP_URL, MAIL_FROM: set both or neither'] : []),
  ];
}

/**
 * Reads the settings from environment variables into plain values. No other file knows the names of the variables.
 * @throws {BadConfigError} with all problems at once
 */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(env);
  return {
    databaseUrl: data.DATABASE_URL,
    databaseConnections: data.DATABASE_CONNECTIONS,
    /** Undefined puts the queue into Postgres. */
    redis: data.REDIS_URL,
    dataDir: data.FEEDMILL_DATA,
    embeddedPort: data.EMBEDDED_POSTGRES_PORT,
    samplerPort: data.SAMPLER_PORT,
    fetch: {
      userAgent: data.USER_AGENT ?? `Feedmill/0.1 (+${data.CONTACT_URL ?? PLACEHOLDER_CONTACT})`,
      timeoutMs: data.FETCH_TIMEOUT,
      allowPrivateHosts: data.ALLOW_PRIVATE_HOSTS,
      // So an address gets as many requests as that many hosts.
      perAddress: { concurrency: data.ADDRESS_CONCURRENCY, gapMs: data.HOST_GAP_MS / data.ADDRESS_CONCURRENCY },
    },
    /** Whether the User-Agent says how to reach whoever runs this. */
    namesContact: (data.CONTACT_URL ?? data.USER_AGENT) !== undefined,
    feedMaxBytes: data.FEED_MAX_BYTES,
    maxNewPerDay: data.FEED_MAX_NEW_PER_DAY,
    maxNewHosts: data.FEED_MAX_NEW_HOSTS,
    pushesPerMinute: data.PUSHES_PER_MINUTE,
    pageMaxBytes: data.PAGE_MAX_BYTES,
    feedReader: { timeoutMs: FEED_PARSE_TIMEOUT_MS, threads: 1 },
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
    delivery: {
      concurrency: data.DELIVERY_CONCURRENCY,
      timeoutMs: data.DELIVERY_TIMEOUT,
      mail: data.SMTP_URL && data.MAIL_FROM ? { smtpUrl: data.SMTP_URL, from: data.MAIL_FROM } : undefined,
    },
    leaseMs: data.LEASE,
    retryBaseMs: data.RETRY_BASE,
    /** 0 keeps records forever. */
    retentionDays: data.RETENTION_DAYS,
    clusterDays: data.CLUSTER_DAYS,
    imageProxy: data.IMAGE_PROXY,
    keepPagesDays: data.KEEP_PAGES_DAYS,
    /** 0 keeps polls forever; the same for changes. */
    keepPollsDays: data.KEEP_POLLS_DAYS,
    keepChangesDays: data.KEEP_CHANGES_DAYS,
    revisitDelays: data.REVISIT,
    tickMs: data.POLL_TICK,
    graceMs: data.SHUTDOWN_GRACE,
    log: { level: data.LOG_LEVEL, format: data.LOG_FORMAT },
    heartbeatFile: data.HEARTBEAT_FILE,
    tracing: data.OTEL_EXPORTER_OTLP_ENDPOINT
      ? { endpoint: data.OTEL_EXPORTER_OTLP_ENDPOINT, service: data.OTEL_SERVICE_NAME, ratio: data.OTEL_TRACES_SAMPLER_ARG }
      : undefined,
  };
}
