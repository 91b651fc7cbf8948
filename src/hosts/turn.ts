/** A host whose turn a job has, and when the lease of that turn ends at the latest. */
export interface Turn {
  host: string;
  leaseEnd: Date;
}
