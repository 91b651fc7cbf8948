import { ping } from '../../db/client.js';
import { NewerSchemaError, readSchemaState } from '../../db/migrate.js';
import type { App } from '../app.js';
import { shareFor } from '../share-for.js';
import { type HttpAnswer, isRead, type Route } from './server.js';

/** Timeout of a check, in ms. */
const CHECK_TIMEOUT_MS = 5_000;
/** How long an answer to `/ready` holds, in ms: however often somebody asks, the database is asked at most once a second. */
const READY_HOLDS_MS = 1_000;

/**
 * Answers `/health` (the event loop runs, or nobody would answer), `/ready` (the process can do its work: its database and its
 * queue answer, and the schema fits) and `/metrics`.
 */
export function stateRoutes(app: App): Route {
  const checkReady = shareFor(
    READY_HOLDS_MS,
    () => performance.now(),
    () => answerReady(app),
  );
  const answers: Record<string, () => Promise<HttpAnswer>> = {
    '/health': async () => ({ status: 200, text: 'ok' }),
    '/ready': checkReady,
    '/metrics': () => answerMetrics(app),
  };
  return (request, { pathname }) => (isRead(request) && Object.hasOwn(answers, pathname) ? answers[pathname]?.() : undefined);
}

async function answerMetrics({ metrics }: App): Promise<HttpAnswer> {
  if (!metrics) return { status: 404, text: 'this process has no metrics' };
  return { status: 200, text: await metrics.registry.metrics(), contentType: metrics.registry.contentType };
}

async function answerReady({ db, queues }: App): Promise<HttpAnswer> {
  const problems = await Promise.all([
    findProblem('the database does not answer', () => ping(db)),
    findProblem('the queue does not answer', async () => queues().ping()),
  ]);
  const down = problems.filter((problem) => problem !== undefined);
  // Without a database, there is no schema to look at.
  const schema = down.length === 0 ? await findSchemaProblem(db) : undefined;
  const all = [...down, ...(schema === undefined ? [] : [schema])];
  return all.length === 0 ? { status: 200, text: 'ready' } : { status: 503, text: all.join('; ') };
}

/** @returns `problem` when `check` fails or takes too long; undefined when all is well */
async function findProblem(problem: string, check: () => Promise<unknown>): Promise<string | undefined> {
  const done = check().then(
    () => undefined,
    () => problem,
  );
  const late = new Promise<string>((resolve) => setTimeout(resolve, CHECK_TIMEOUT_MS, problem).unref());
  return Promise.race([done, late]);
}

/** A schema that is newer does not stop a process: two versions run side by side during an upgrade. */
async function findSchemaProblem(db: App['db']): Promise<string | undefined> {
  try {
    const state = await readSchemaState(db.$client);
    return state === 'current' ? undefined : `the database is not migrated (${state}): run feedmill migrate`;
  } catch (error) {
    return error instanceof NewerSchemaError ? undefined : "the schema can't be read";
  }
}
