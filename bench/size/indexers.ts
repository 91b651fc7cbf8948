import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('./indexer.ts', import.meta.url));
const INDEXERS = 2;

/** Runs `work` while two processes index what it stores. Fails when one of them ends before. */
export async function withIndexers(url: string, work: () => Promise<void>): Promise<void> {
  const indexers = Array.from({ length: INDEXERS }, () => fork(FILE, [url]));
  const ends = indexers.map((indexer) => once(indexer, 'exit'));
  try {
    await Promise.race([work(), ...indexers.map(failWhenItEnds)]);
  } finally {
    for (const indexer of indexers) if (indexer.connected) indexer.disconnect();
    await Promise.all(ends);
  }
}

async function failWhenItEnds(indexer: ChildProcess): Promise<void> {
  const [code, signal] = await once(indexer, 'exit');
  throw new Error(`an indexer ended with ${code ?? signal}`);
}
