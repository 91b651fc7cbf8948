// Preloaded into a worker by the soak test: appends the event-loop delay of each interval to a file, in ms.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env.EVENT_LOOP_FILE;
/** Length of an interval, in ms. */
const INTERVAL_MS = 10_000;

if (file && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  setInterval(() => {
    appendFileSync(file, `${process.pid} ${(delay.percentile(99) / 1e6).toFixed(1)} ${(delay.max / 1e6).toFixed(1)}\n`);
    delay.reset();
  }, INTERVAL_MS).unref();
}
