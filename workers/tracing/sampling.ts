import { type Context, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';

/**
 * Samples a share of all traces. The decision depends on the trace's id alone, so every process makes the same one.
 * A trace begins with a job or an entry. What runs without one (ticks of the poller, consumers that look for jobs) is left out:
 * it would be a trace every second, with nothing in it.
 * @param ratio from 0 to 1
 */
export function sampleWork(ratio: number): Sampler {
  const byRatio = new TraceIdRatioBasedSampler(ratio);
  const begins = (kind: SpanKind) => kind === SpanKind.CONSUMER || kind === SpanKind.PRODUCER;
  return {
    shouldSample(context: Context, traceId: string, _name: string, kind: SpanKind) {
      const parent = trace.getSpanContext(context);
      if (parent && !parent.isRemote) {
        const isSampled = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
        return { decision: isSampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
      }
      return begins(kind) ? byRatio.shouldSample(context, traceId) : { decision: SamplingDecision.NOT_RECORD };
    },
    toString: () => `SampleWork{${ratio}}`,
  };
}
