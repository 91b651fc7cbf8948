import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { CommanderError } from 'commander';
import { ChangeRefused } from '../db/manage.js';
import type { CliApp, CliContext } from '../src/cli/app.js';
import { createProgram } from '../src/cli/program.js';
import { BadConfigError, loadConfig } from '../src/config.js';
import { errorCode } from '../src/text/error-code.js';
import { UserError } from '../src/user-error.js';
import { openApp } from './app.js';
import { askAtTerminal } from './ask.js';
import { createCliApp, openExtractTools, openFeedTools } from './cli-app.js';
import { checkHeartbeat } from './heartbeat.js';
import { logProblemsOnly } from './log.js';
import { type Output, OutputClosed, openOutput } from './output.js';
import { start } from './start.js';
import { waitForStopSignal } from './stop-signal.js';

/** Runs the command line. @returns the exit code: 0 for success, 1 for a failure, 2 for invalid arguments or settings */
export async function main(args: readonly string[]): Promise<number> {
  const output = openOutput();
  try {
    const program = createProgram(createContext(output), readVersion());
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return reportError(error, output.err);
  }
}

function createContext(output: Output): CliContext {
  const { out, write, err, styles, page, closed } = output;
  return {
    out,
    write,
    styles,
    page,
    err,
    ask: (question) => askAtTerminal(question),
    withApp: (use, options = {}) => withApp(use, { ...options, closed }),
    async withFeedTools(use) {
      const tools = openFeedTools(loadConfig(process.env));
      return closeAfter(tools, () => Promise.race([use(tools), closed]));
    },
    async withExtractTools(use) {
      const tools = await openExtractTools(loadConfig(process.env));
      return closeAfter(tools, () => Promise.race([use(tools), closed]));
    },
    start: (role, options) => start(loadConfig(process.env), role, { ...options, version: readVersion() }, output),
    health: () => checkHeartbeat(loadConfig(process.env).heartbeatFile),
  };
}

/** How long a command that stops in order has to finish what it is doing, in ms. Writing one record takes less. */
const STOP_WAIT_MS = 3_000;

async function withApp<T>(
  use: (app: CliApp, stopping: AbortSignal) => Promise<T>,
  {
    anySchema = false,
    readsOnly = false,
    stopsInOrder = false,
    closed,
  }: { anySchema?: boolean; readsOnly?: boolean; stopsInOrder?: boolean; closed: Promise<never> },
): Promise<T> {
  // Commands print their own results, so the log only reports problems.
  const config = logProblemsOnly(loadConfig(process.env));
  const stopping = new AbortController();
  const signalled = waitForStopSignal().then((signal) => {
    stopping.abort();
    return signal;
  });
  const schema = anySchema ? 'leave' : readsOnly ? 'read' : 'require';
  const app = createCliApp(await openApp(config, 'cli', { schema, role: 'all' }));
  return closeAfter(app, async () => {
    const done = use(app, stopping.signal);
    const interrupted = signalled.then(async (signal): Promise<never> => {
      if (stopsInOrder) await Promise.race([done, new Promise((waited) => setTimeout(waited, STOP_WAIT_MS).unref())]);
      throw new UserError('Interrupted.', 128 + constants.signals[signal]);
    });
    const result = await Promise.race([done, interrupted, closed]);
    return stopping.signal.aborted ? interrupted : result;
  });
}

async function closeAfter<T>(resource: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await resource.close();
  }
}

/** Prints what went wrong. @returns the exit code */
function reportError(error: unknown, err: (line: string) => void): number {
  if (error instanceof OutputClosed) return 0;
  // commander has printed its error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof BadConfigError) {
    err(`${error.message}\ndocs/settings.md lists all settings.`);
    return 2;
  }
  if (error instanceof UserError) {
    err(error.message);
    return error.exitCode;
  }
  if (error instanceof ChangeRefused) {
    err(error.message);
    return 2;
  }
  err(`Feedmill has a bug: ${error instanceof Error ? error.message : String(error)}`);
  err('Please report it. With LOG_LEVEL=debug, Feedmill also prints a stack trace.');
  if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) err(error.stack ?? '');
  return 1;
}

function readVersion(): string {
  // This file is in workers/ in the sources and in dist/workers/ when compiled.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return String((JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return 'unknown';
}
