// How long pushes of many entries keep the event loop busy: all entries say the same, or each push has new ones.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { feedStore } from '../db/feeds.js';
import { readIdentifiedFeed } from '../src/feeds/read.js';
import { takePush } from '../src/jobs/take-push.js';
import { withDatabase } from './database.js';

const PUSHES = 40;
/** Entries of one push: as many as are kept of a document. */
const ENTRIES = 1_000;
const TEXT = 'What happened today at the harbour. '.repeat(50);
const PORT = 56_700;
const toHostKey = (url: string) => new URL(url).host;
const OPTIONS = { leaseMs: 60_000, hostGapMs: 0, hostConcurrency: 1, maxNewPerDay: 1_000_000, maxNewHosts: 1_000, toHostKey };

/** Pushes, and what each entry of a push looks like. */
const FLOODS: Record<string, (push: number, entry: number) => string> = {
  'that all say the same': (push, n) => `<guid isPermaLink="false">${push}-${n}</guid><title>Same</title>`,
  'with one link': (push, n) =>
    `<guid isPermaLink="false">${push}-${n}</guid><title>T${n}</title><link>https://a.example/</link>`,
  'that are new': (push, n) =>
    `<guid isPermaLink="false">${push}-${n}</guid><title>${push} ${n}</title><link>https://a.example/${push}/${n}</link>`,
  'that are edited each time': (push, n) =>
    `<guid isPermaLink="false">${n}</guid><title>${push}</title><link>https://a.example/${n}</link>`,
};

async function readPush(url: string, write: (entry: number) => string) {
  const items = Array.from({ length: ENTRIES }, (_, n) => `<item>${write(n)}<description>${TEXT}</description></item>`);
  const body = Buffer.from(`<rss version="2.0"><channel><title>T</title>${items.join('')}</channel></rss>`);
  return { body, reading: await readIdentifiedFeed({ contentType: 'application/rss+xml', body, url, identity: 'guid' }) };
}

/** Prints the time of the pushes, and the delays of the event loop. */
export async function run(): Promise<void> {
  await withDatabase(PORT, async (db) => {
    console.log(`${PUSHES} pushes of ${ENTRIES} entries`);
    for (const [name, write] of Object.entries(FLOODS)) {
      const feeds = feedStore(db, OPTIONS);
      const [feed] = await feeds.addFeeds([{ url: `https://a.example/${encodeURIComponent(name)}` }]);
      if (!feed) throw new Error('the feed is not new');
      // Read beforehand, as the feed thread reads them.
      const documents = await Promise.all(Array.from({ length: PUSHES }, (_, push) => readPush(feed.url, (n) => write(push, n))));
      const delay = monitorEventLoopDelay({ resolution: 1 });
      let busyMs = 0;
      for (const { body, reading } of documents) {
        const take = takePush({
          ...feeds,
          readFeed: async () => reading,
          monotonicMs: () => performance.now(),
          random: Math.random,
          cadence: { minMs: 1_000, maxMs: 1_000 },
        });
        await new Promise((done) => setTimeout(done, 5));
        delay.enable();
        const started = performance.now();
        await take(feed.id, { contentType: 'application/rss+xml', body });
        busyMs += performance.now() - started;
        delay.disable();
      }
      const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(0).padStart(4);
      console.log(
        `${name.padEnd(26)} ${(busyMs / 1_000).toFixed(1).padStart(5)} s, event loop delayed by ` +
          `${ms(delay.percentile(99))} ms (99 %), ${ms(delay.max)} ms (longest)`,
      );
    }
  });
}
