import type { LeasedRow, Written } from './leased-row.js';
import type { JobHandler } from './queues.js';
import { type RecordToExtract, type Reextraction, type ReextractionDeps, reextract } from './reextraction.js';
import type { ReextractionReport } from './reports.js';

/** A record whose re-extraction has started. `version` tells whether its article changed since. */
export interface StartedReextraction extends LeasedRow, RecordToExtract {
  version: string;
}

/** What extracting a record again in a worker needs. */
export interface ReextractRecordDeps extends ReextractionDeps {
  /** Undefined when there is nothing to do, the claim is stale, or the article's pages are just being fetched. */
  startReextraction(recordId: number): Promise<StartedReextraction | undefined>;
  /** `stale`: the record was fetched or edited meanwhile, and is extracted again. */
  recordReextraction(started: StartedReextraction, result: Reextraction): Promise<Written>;
}

/** Extracts a stored record again from its kept pages. No host is asked for anything. */
export const reextractRecord =
  (deps: ReextractRecordDeps): JobHandler<ReextractionReport> =>
  async ({ id }, onStart) => {
    const started = await deps.startReextraction(id);
    if (!started) return { status: 'nothing-to-do', articleId: id };
    onStart?.(started);
    const result = await reextract(deps, started);
    const about = { articleId: id, url: started.url };
    if ((await deps.recordReextraction(started, result)) === 'stale') return { status: 'stale', ...about };
    const reason = 'reason' in result ? { reason: result.reason } : {};
    const fields = result.kind === 'changed' ? { fields: result.changes.map(({ field }) => field) } : {};
    return { status: 'reextracted', ...about, result: result.kind, ...reason, ...fields };
  };
