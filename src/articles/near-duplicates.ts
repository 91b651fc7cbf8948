import { chooseClusters, isSameText } from './clusters.js';
import { fingerprint } from './fingerprint.js';

/** How records with the same text are found, for the indexer (db/indexer.ts). */
export const nearDuplicates = { fingerprint, isSameText, chooseClusters };
