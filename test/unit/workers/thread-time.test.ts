import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { isOverLimit, readThreadCpuMs } from '../../../workers/thread-time.js';

describe('isOverLimit', () => {
  it.each([
    ['is by CPU time', { wallMs: 1_500, cpuMs: 1_001 }, true],
    ['is not while a busy machine holds the thread back', { wallMs: 3_900, cpuMs: 900 }, false],
    ['is by the clock on the wall in the end', { wallMs: 4_001, cpuMs: 10 }, true],
    ['is by the clock on the wall alone where CPU time is not known', { wallMs: 4_001, cpuMs: undefined }, true],
    ['gives more time where CPU time is not known', { wallMs: 3_900, cpuMs: undefined }, false],
  ])('%s', (_, used, expected) => {
    expect(isOverLimit(used, 1_000)).toBe(expected);
  });
});

describe.runIf(existsSync('/proc/thread-self'))('a reader thread', () => {
  it.each(['article', 'feed', 'export'])('tells which thread it is when it starts: %s', async (name) => {
    const file = new URL(`../../../workers/${name}-thread.ts`, import.meta.url).href;
    const code = `import('tsx/esm/api').then(({ tsImport }) => tsImport('${file}', '${file}'))`;
    const worker = new Worker(code, { eval: true });
    const ended = once(worker, 'exit').then(() => []);
    expect(await Promise.race([once(worker, 'message'), ended])).toEqual([{ osThreadId: expect.any(Number) }]);
    await worker.terminate();
  });
});

describe.runIf(existsSync('/proc/thread-self'))('readThreadCpuMs', () => {
  /** Starts a thread that runs `code`, and waits until it has told its id. */
  async function startThread(code: string) {
    const announce = `const { parentPort } = require('node:worker_threads');
      parentPort.postMessage(Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').pop()));`;
    const worker = new Worker(`${announce} ${code}`, { eval: true });
    const [id] = (await once(worker, 'message')) as [number];
    return { worker, id };
  }

  it('tells a busy thread from one that waits', async () => {
    const busy = await startThread('for (;;);');
    const waiting = await startThread('setInterval(() => {}, 1_000);');
    const before = (await readThreadCpuMs(waiting.id)) ?? 0;
    for (let used = 0; used < 200; ) used = (await readThreadCpuMs(busy.id)) ?? Number.NaN;
    expect(((await readThreadCpuMs(waiting.id)) ?? Number.NaN) - before).toBeLessThan(100);
    await Promise.all([busy.worker.terminate(), waiting.worker.terminate()]);
    expect(await readThreadCpuMs(busy.id)).toBeUndefined();
  });
});
