import type { Reextraction } from '../jobs/reextraction.js';
import type { Asked, FailureSelection, RecordSelection, RetryResults, RunProgress } from '../jobs/replay-selection.js';

/** What `retry` and `reextract` ask of an installation. */
export interface ReplayTools {
  /** How many failed articles are selected, by the code of the failure. */
  countFailures(selection: FailureSelection): Promise<{ kind: string; articles: number }[]>;
  /** Their ids, in batches. */
  readFailureIds(selection: FailureSelection): AsyncIterable<number[]>;
  /** Makes failed articles due. @returns how many */
  retryArticles(ids: readonly number[]): Promise<number>;
  /** Which of these articles were not tried since then. */
  findUntried(ids: readonly number[], since: Date): Promise<number[]>;
  loadRetryResults(ids: readonly number[]): Promise<RetryResults>;

  countSelected(selection: RecordSelection): Promise<number>;
  /** The ids of the selected records, in batches. */
  readRecordIds(selection: RecordSelection): AsyncIterable<number[]>;
  /** Has the workers extract records again. @param run the run that they are added to; absent for a new one */
  reextractRecords(ids: readonly number[], options: { refetch: boolean; run?: number }): Promise<Asked>;
  loadRunProgress(run: number): Promise<RunProgress>;
  /** Why records of a run were kept or failed, the most frequent reasons first. */
  loadRunReasons(run: number): Promise<{ reason: string; records: number }[]>;
  /** What extracting a record again would come to. Undefined when there is no such record. */
  tryReextraction(id: number): Promise<{ url: string; title: string; result: Reextraction } | undefined>;
}
