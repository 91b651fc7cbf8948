import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { articleTrace } from '../../workers/tracing/article-trace.js';
import { createDatabase, until } from '../database.js';
import { serve } from './websub-hub.js';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  links?: { traceId: string; spanId: string }[];
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

const headers: string[] = [];
const site = await serve((request, response) => {
  headers.push(...Object.keys(request.headers));
  const item = (n: number) => `<item><title>Story ${n}</title><link>${site.origin}/${n}</link><guid>g${n}</guid></item>`;
  if (request.url === '/feed') {
    response.writeHead(200, { 'content-type': 'application/rss+xml' });
    response.end(`<rss version="2.0"><channel><title>News</title>${item(1)}${item(2)}</channel></rss>`);
  } else if (request.url === '/robots.txt') response.writeHead(404).end();
  else
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<article><h1>A story</h1><p>${'Words. '.repeat(99)}</p></article>`);
});
afterAll(() => site.close());

/** A collector of traces. */
async function startCollector() {
  const spans: Span[] = [];
  const server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  return { spans, ...server };
}

const backends = [['Postgres', ''] as const, ...(inject('redisUrl') ? [['Redis', inject('redisUrl')] as const] : [])];

describe.each(backends)('with the queue on %s', (_, redisUrl) => {
  it('a trace leads from the entry that a poll found to its record', async () => {
    const { url, db } = await createDatabase();
    const collector = await startCollector();
    if (redisUrl) {
      const redis = new Redis(redisUrl);
      await redis.flushall();
      redis.disconnect();
    }
    const host = new URL(site.origin).host;
    await db.execute(sql`insert into feedmill_data.feeds (url, host) values (${`${site.origin}/feed`}, ${host})`);
    await db.execute(sql`insert into feedmill_data.hosts (host, turn_at) values (${host}, now())`);
    const child = spawn(process.execPath, ['bin/feedmill.mjs', 'start', '--no-sampler'], {
      env: {
        ...process.env,
        ...{ DATABASE_URL: url, REDIS_URL: redisUrl, ALLOW_PRIVATE_HOSTS: '127.0.0.0/8', HOST_GAP_MS: '0', LOG_FORMAT: 'json' },
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const load = async () => (await db.execute<{ id: number }>(sql`select id::int from feedmill.records order by id`)).rows;
    const records = await until(
      async () => {
        const rows = await load();
        return rows.length === 2 && rows;
      },
      'both records',
      60_000,
    );
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    collector.close();

    const { spans } = collector;
    const polls = spans.filter(({ name }) => name === 'process feedmill-feeds');
    for (const { id } of records) {
      const { traceId, spanId } = articleTrace('feedmill', id);
      const own = spans.filter((span) => span.traceId === traceId);
      const [entry, ...more] = own.filter(({ name }) => name === 'entry');
      expect(more).toEqual([]);
      expect(entry).toMatchObject({ spanId });
      expect(polls.map((poll) => poll.spanId)).toContain(entry?.links?.[0]?.spanId);
      const jobs = own.filter(({ name }) => name === 'process feedmill-articles');
      expect(jobs.map(({ parentSpanId }) => parentSpanId)).toEqual(jobs.map(() => spanId));
      const outcomes = jobs.flatMap(({ attributes }) => attributes.filter(({ key }) => key === 'feedmill.outcome'));
      expect(outcomes.map(({ value }) => value.stringValue)).toContain('stored');
      const inJobs = own.filter(({ parentSpanId }) => jobs.some((job) => job.spanId === parentSpanId));
      expect(inJobs.some(({ name }) => name.startsWith('pg.query'))).toBe(true);
      expect(inJobs.some(({ name }) => name === 'GET')).toBe(true);
    }
    expect(polls.some((poll) => spans.some(({ name, parentSpanId }) => name === 'GET' && parentSpanId === poll.spanId))).toBe(
      true,
    );
    // Consumers that look for jobs leave no trace, and sites learn nothing of ours.
    expect(spans.filter(({ name }) => name.startsWith('getNextJob'))).toEqual([]);
    expect(headers).not.toContain('traceparent');
  });
});
