import type { ConnectionLimit } from '../db/connections.js';
import type { Role } from '../src/cli/app.js';

/** How many connections a process may open for each purpose. */
export interface ConnectionPlan {
  /** The pool of the stores. */
  records: number;
  /** The pool of the queues; 0 when they are in Redis. */
  queue: number;
  /** The poller's LISTEN. */
  listen: number;
}

/** Connections for the calls of a process to queues in Postgres: short statements, several at once only while jobs end. */
const QUEUE_CALLS = 2;
/** Queues that a role consumes; articles are two, with records to extract again. Each consumer of a queue in Postgres holds a connection for LISTEN. */
const CONSUMERS: Record<Role, number> = { poller: 0, feeds: 1, articles: 2, deliveries: 0, all: 3 };

/** Divides the connections of one process (DATABASE_CONNECTIONS) by what its role needs; the stores get what is left. */
export function planConnections(
  total: number,
  { role, queuesInPostgres }: { role: Role; queuesInPostgres: boolean },
): ConnectionPlan {
  const listen = role === 'poller' || role === 'all' ? 1 : 0;
  const queue = queuesInPostgres ? CONSUMERS[role] + QUEUE_CALLS : 0;
  return { records: total - queue - listen, queue, listen };
}

/** Says which limit leaves no room for a process that opens up to `total` connections; undefined when it fits. */
export function describeShortage(limits: readonly ConnectionLimit[], total: number): string | undefined {
  const short = limits.find(({ limit, reserved, inUse }) => limit - reserved - inUse < total);
  if (!short) return undefined;
  const { name, limit, reserved, inUse } = short;
  const taken = [...(reserved > 0 ? [`${reserved} are reserved for administrators`] : []), `${inUse} are in use`];
  return (
    `Postgres has no room for this process, which opens up to ${total} connections (DATABASE_CONNECTIONS): ` +
    `${name} is ${limit}, of which ${taken.join(' and ')}. ` +
    'Stop what you do not need, lower DATABASE_CONNECTIONS in every process, raise the limit, or put a connection pooler in between.'
  );
}
