import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type ClaimedMessages, claimMessages } from '../db/deliveries.js';
import { deliveryAdminStore } from '../db/delivery-admin.js';
import { concludeSending, expireMessages, giveBackMessages } from '../db/delivery-results.js';
import { fanOut } from '../db/fan-out.js';
import { type Answer, judge } from '../src/deliveries/answer.js';
import { MAX_ATTEMPTS } from '../src/deliveries/retry-schedule.js';
import { type SendDeps, send } from '../src/deliveries/send.js';
import { createPostJson } from '../src/web/fetch-url.js';
import type { App } from './app.js';
import { reportErrors } from './log.js';
import { createSendMail } from './mail.js';
import { MIN_PAUSE_MS, repeat } from './repeat.js';
import type { Running } from './run-worker.js';

/** The lease of a message, in times of DELIVERY_TIMEOUT. It is sent in the first half of it, and the request ends in the third quarter. */
const LEASE_TIMEOUTS = 4;
/** Interval between sweeps of dead letters, in ms. */
const EXPIRY_INTERVAL_MS = 60_000;

/** What sends, and when it is closed. */
export interface Sender extends SendDeps {
  close(): Promise<void>;
}

/** Opens what webhooks and mails are sent with. */
export function openSender({ config }: Pick<App, 'config'>): Sender {
  const { timeoutMs, concurrency, mail } = config.delivery;
  // Receivers are not sites: they have asked for it, and each has a rate and a concurrency of its own.
  const client = createPostJson({ ...config.fetch, timeoutMs, perAddress: { concurrency, gapMs: 0 } });
  return { ...client, sendMail: createSendMail(mail, timeoutMs) };
}

/** Starts to tell receivers of what happened: writes messages for the changes of records, and sends all messages that are due. */
export function runDeliveries(app: App): Running {
  const { config, db } = app;
  const log = app.log.child({ part: 'deliveries' });
  const onError = reportErrors(log, 'the deliveries');
  const sender = openSender(app);
  // Set when messages were given back: what becomes of them in this process no longer counts, since it closes what they use.
  let stopped = false;
  const running = new Map<Promise<void>, ClaimedMessages>();
  const sending = repeat(() => sendDue(), { everyMs: config.tickMs, onError });
  const writing = repeat(
    async () => {
      if (!(await fanOut(db, onError))) return undefined;
      sending.wake();
      return MIN_PAUSE_MS;
    },
    { everyMs: config.tickMs, onError },
  );
  const expiring = repeat(async () => ((await expireMessages(db)) ? MIN_PAUSE_MS : undefined), {
    everyMs: EXPIRY_INTERVAL_MS,
    onError,
  });

  async function sendDue(): Promise<number | undefined> {
    const room = config.delivery.concurrency - running.size;
    if (room === 0) return undefined;
    const { timeoutMs, mail } = config.delivery;
    const askedAt = performance.now();
    const claimed = await claimMessages(db, { room, leaseMs: LEASE_TIMEOUTS * timeoutMs, withMail: mail !== undefined });
    for (const one of claimed) {
      const done = sendClaimed(app, log, sender, one, askedAt)
        .catch((error: Error) => (stopped ? undefined : onError(error)))
        .finally(() => {
          running.delete(done);
          sending.wake();
        });
      running.set(done, one);
    }
    return undefined;
  }

  return {
    async stop(graceMs) {
      await Promise.all([sending, writing, expiring].map((task) => task.stop()));
      await Promise.race([Promise.all(running.keys()), after(graceMs)]);
      stopped = true;
      await Promise.all([...running.values()].map((claimed) => giveBackMessages(db, claimed)));
      await sender.close();
    },
  };
}

const after = (ms: number) => new Promise<void>((done) => void setTimeout(done, ms).unref());

/** What crashes its process at every attempt, or meets a bug, never gets an answer. The attempts were counted when they began. */
const CRASHED: Answer = { kind: 'failed', words: 'Every attempt to send this ended in a fault of Feedmill.' };

/** Sends what was claimed and writes what became of it. If that fails, the lease ends and it is sent again. */
async function sendClaimed(
  { config, db, metrics }: App,
  log: Logger,
  sender: Sender,
  claimed: ClaimedMessages,
  askedAt: number,
): Promise<void> {
  const { receiver, messages, now } = claimed;
  // A process that was suspended since its claim must not send: somebody else may have told more by now.
  if (performance.now() - askedAt > (LEASE_TIMEOUTS / 2) * config.delivery.timeoutMs) return;
  const answer = messages[0].attempts > MAX_ATTEMPTS ? CRASHED : await send(receiver, messages, now, sender);
  const verdict = judge(
    answer,
    { attempts: messages.map(({ attempts }) => attempts), failures: receiver.failures },
    { retryBaseMs: config.retryBaseMs, random: [Math.random(), Math.random()] },
  );
  const held = await concludeSending(db, claimed, verdict);
  const status = held ? verdict.kind : 'stale';
  metrics?.countDelivery(status);
  logAnswer(log, claimed, answer, status);
}

/** One line per request. It names no URL, since those of webhooks are secrets. */
function logAnswer(log: Logger, { receiver, messages }: ClaimedMessages, answer: Answer, status: string): void {
  const [{ uid, type, attempts }] = messages;
  const report = { deliveryId: receiver.id, message: uid, type, messages: messages.length, attempts, status };
  if (answer.kind === 'taken') log.info(report, 'delivered');
  else
    log.warn(
      { ...report, problem: answer.kind === 'crowded' ? 'too many requests to one address' : answer.words },
      'not delivered',
    );
}

/** Sends a test message now, whatever waits for the receiver. @returns undefined when there is no such delivery */
export async function testDelivery(app: App, id: number): Promise<Answer | undefined> {
  const found = await deliveryAdminStore(app.db).findReceiver(id);
  if (!found) return undefined;
  const { receiver, now } = found;
  const sender = openSender(app);
  const data = { delivery_id: id, text: 'This is a test of Feedmill.' };
  const message = { uid: randomUUID(), type: 'test', occurredAt: now, data } as const;
  return send(receiver, [message], now, sender).finally(sender.close);
}
