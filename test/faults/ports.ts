import { createServer } from 'node:net';

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const probe = createServer().once('error', () => done(false));
    probe.listen(port, () => probe.close(() => done(true)));
  });

/**
 * The first of `count` free ports in a row, from `first` on.
 * @throws if there are none among the next 200
 */
export async function findFreePorts(first: number, count: number): Promise<number> {
  for (let port = first; port < first + 200; port += count) {
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(port + index)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`There are no ${count} free ports in a row from ${first} to ${first + 200}.`);
}
