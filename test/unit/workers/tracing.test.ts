import { context, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-node';
import { describe, expect, it } from 'vitest';
import { articleTrace, parseTraceparent, toTraceparent } from '../../../workers/tracing/article-trace.js';
import { sampleWork } from '../../../workers/tracing/sampling.js';

describe('the trace of an article', () => {
  it('follows from its id and the service alone', () => {
    const ids = articleTrace('feedmill', 1);
    expect(ids).toEqual({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(articleTrace('feedmill', 1)).toEqual(ids);
    expect(articleTrace('feedmill', 2)).not.toEqual(ids);
    expect(articleTrace('other', 1)).not.toEqual(ids);
  });

  it('is read from what a job carries, and from nothing else', () => {
    const ids = articleTrace('feedmill', 1);
    expect(parseTraceparent(toTraceparent(ids))).toEqual(ids);
    for (const text of [undefined, '', '00-1-2-01', `${toTraceparent(ids)}x`]) expect(parseTraceparent(text)).toBeUndefined();
  });
});

describe('sampling', () => {
  const { traceId, spanId } = articleTrace('feedmill', 1);
  const within = (isRemote: boolean, traceFlags: TraceFlags) =>
    trace.setSpanContext(context.active(), { traceId, spanId, isRemote, traceFlags });
  const { RECORD_AND_SAMPLED: yes, NOT_RECORD: no } = SamplingDecision;
  it.each([
    ['a job', context.active(), SpanKind.CONSUMER, 1, yes],
    ['an entry', context.active(), SpanKind.PRODUCER, 1, yes],
    ['a consumer that looks for jobs', context.active(), SpanKind.INTERNAL, 1, no],
    ['a query within a job', within(false, TraceFlags.SAMPLED), SpanKind.CLIENT, 1, yes],
    ['a query within what is left out', within(false, TraceFlags.NONE), SpanKind.CLIENT, 1, no],
    ['a job that carries a trace', within(true, TraceFlags.SAMPLED), SpanKind.CONSUMER, 1, yes],
    ['a job that carries a trace outside the share', within(true, TraceFlags.SAMPLED), SpanKind.CONSUMER, 0, no],
  ] as const)('%s', (_, parent, kind, ratio, decision) => {
    expect(sampleWork(ratio).shouldSample(parent, traceId, '', kind, {}, []).decision).toBe(decision);
  });
});
