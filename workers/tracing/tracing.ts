import { createRequire } from 'node:module';
import { context, ROOT_CONTEXT, SpanKind, type TextMapPropagator, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type IdGenerator, NodeTracerProvider, RandomIdGenerator } from '@opentelemetry/sdk-trace-node';
import { BullMQOtel } from 'bullmq-otel';
import type { Config } from '../../src/config.js';
import type { QueueName } from '../../src/jobs/queues.js';
import type { JobReport } from '../../src/jobs/reports.js';
import { settleClose } from '../settle-close.js';
import { articleTrace, parseTraceparent, type TraceIds, toTraceparent } from './article-trace.js';
import { sampleWork } from './sampling.js';

/** Traces of a process. Present only when they are switched on. */
export type Tracing = ReturnType<typeof startTracing>;

/** Entries of one poll that get a span. The exporter's queue holds 2048 spans, and drops what is beyond. */
const MAX_ENTRY_SPANS = 1_000;

/**
 * Starts to send traces. Call it before anything connects. It is imported only when it is needed, so that nothing of OpenTelemetry is
 * loaded otherwise.
 * @param role is sent with every span
 */
export function startTracing({ endpoint, service, ratio }: NonNullable<Config['tracing']>, role: string, version: string) {
  const ids = new PresetIds();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version, 'feedmill.role': role }),
    sampler: sampleWork(ratio),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }))],
  });
  provider.register({ propagator: PROPAGATOR });
  new PgInstrumentation({ requireParentSpan: true });
  new UndiciInstrumentation({ requireParentforSpans: true });
  // The instrumentation wraps pg when it is required; the wrapped prototypes are those that `import` gives.
  createRequire(import.meta.url)('pg');
  const tracer = trace.getTracer('feedmill', version);
  return {
    telemetry: new BullMQOtel({ tracerName: 'bullmq' }),
    /** BullMQ's option `telemetry` of a job: a job of an article continues the article's trace; every other job begins its own. */
    jobTelemetry: (queue: QueueName, id: number) =>
      queue === 'articles'
        ? { metadata: JSON.stringify({ traceparent: toTraceparent(articleTrace(service, id)) }) }
        : { omitContext: true },
    onReport(report: JobReport): void {
      describeJob(report);
      const found = 'articleIds' in report ? (report.articleIds ?? []) : [];
      for (const id of found.slice(0, MAX_ENTRY_SPANS)) ids.use(articleTrace(service, id), () => beginEntry(tracer, id));
    },
    /** Sends what is left. */
    stop: async () => void (await settleClose(provider.shutdown())),
  };
}

/** Writes how a job ended to its span, which BullMQ has made. */
function describeJob(report: JobReport): void {
  const row = 'feedId' in report ? { 'feedmill.feed.id': report.feedId } : { 'feedmill.article.id': report.articleId };
  trace.getActiveSpan()?.setAttributes({ ...row, 'feedmill.outcome': report.status });
}

/** Begins the trace of an article with a span that is linked to the poll that found its entry. */
function beginEntry(tracer: Tracer, articleId: number): void {
  const poll = trace.getSpanContext(context.active());
  const options = {
    kind: SpanKind.PRODUCER,
    root: true,
    attributes: { 'feedmill.article.id': articleId },
    links: poll ? [{ context: poll }] : [],
  };
  tracer.startSpan('entry', options).end();
}

/** Random ids, except while `use` runs. */
class PresetIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #preset: TraceIds | undefined;

  generateTraceId(): string {
    return this.#preset?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.#preset?.spanId ?? this.#random.generateSpanId();
  }

  /** Gives the span that `start` starts these ids. */
  use(ids: TraceIds, start: () => void): void {
    this.#preset = ids;
    try {
      start();
    } finally {
      this.#preset = undefined;
    }
  }
}

/** Reads the context that a job carries, and writes none: what is injected into requests would tell sites who asks. */
const PROPAGATOR: TextMapPropagator = {
  inject: () => undefined,
  extract(from, carrier, getter) {
    const ids = parseTraceparent(getter.get(carrier, 'traceparent'));
    // A job belongs to the trace that it carries, whatever the consumer was doing.
    return ids ? trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags: TraceFlags.SAMPLED, isRemote: true }) : from;
  },
  fields: () => ['traceparent'],
};
