import { createHash } from 'node:crypto';

/** The trace of an article, and the span in it that all others descend from. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
}

/**
 * The trace of an article follows from its id, so nothing has to be stored with the row: the poll that finds an entry, the poller
 * that claims its article days later, and the worker that fetches it all know the same trace.
 * @param service tells installations apart that send to one collector
 */
export function articleTrace(service: string, articleId: number): TraceIds {
  const hash = createHash('sha256').update(`${service} article ${articleId}`).digest('hex');
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** The trace as W3C Trace Context writes it, with the flag that says it is sampled. */
export const toTraceparent = ({ traceId, spanId }: TraceIds): string => `00-${traceId}-${spanId}-01`;

/** Reads what `toTraceparent` wrote; undefined for anything else. */
export function parseTraceparent(text: unknown): TraceIds | undefined {
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(text)) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}
