import { createServer } from 'node:net';

/** Ports that a stack needs in a row: Postgres, Redis, the origin and PgBouncer. */
const COUNT = 4;

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const probe = createServer().once('error', () => done(false));
    probe.listen(port, () => probe.close(() => done(true)));
  });

/**
 * The first of four free ports in a row, from `first` on.
 * @throws if there are none among the next 200
 */
export async function findFreePorts(first: number): Promise<number> {
  for (let port = first; port < first + 200; port += COUNT) {
    const free = await Promise.all(Array.from({ length: COUNT }, (_, index) => isFree(port + index)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`There are no ${COUNT} free ports in a row from ${first} to ${first + 200}.`);
}
