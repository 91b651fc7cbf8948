import type { Turn } from '../hosts/turn.js';

/**
 * A claimed row whose work has started. `leaseEnd` is its fencing token: what the job writes counts only while the row's
 * `due_at` is still the end of this lease. A job that ran past it, or whose entry was edited meanwhile, is stale.
 */
export interface LeasedRow {
  id: number;
  leaseEnd: Date;
  /** The turn of a host that the claim came with; absent for an article without a page. */
  turn?: Turn;
}

/** Whether a job's result was written, or dropped because the job is stale. A stale job only frees its host. */
export type Written = 'written' | 'stale';
