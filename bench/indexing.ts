import type { Indexing } from '../db/indexer.js';
import { nearDuplicates } from '../src/articles/near-duplicates.js';

/** How benchmarks index: as the poller does. What can't be indexed would make the figures wrong. */
export const INDEXING: Indexing = {
  ...nearDuplicates,
  clusterDays: 14,
  onFaults: (faults) => {
    throw new Error(`not indexed: ${JSON.stringify(faults)}`);
  },
};
