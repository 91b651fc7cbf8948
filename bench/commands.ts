import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { measureMs } from './numbers.js';

/** Starts a command of Feedmill on this database. */
export const startCommand = (url: string, ...args: string[]): ChildProcess =>
  spawn(process.execPath, ['bin/feedmill.mjs', ...args], {
    env: { ...process.env, DATABASE_URL: url, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** Runs a command, and prints how long it took and how much memory it used at most. */
export async function printCommand(label: string, url: string, ...args: string[]): Promise<void> {
  let peakMb = 0;
  const ms = await measureMs(async () => {
    const child = startCommand(url, ...args);
    const ended = once(child, 'exit');
    while (child.exitCode === null && child.signalCode === null) {
      peakMb = Math.max(peakMb, (await readMemory(child)).peakMb);
      await Promise.race([ended, pause(100)]);
    }
    if (child.exitCode !== 0) throw new Error(`feedmill ${args.join(' ')} ended with ${child.exitCode ?? child.signalCode}`);
  });
  console.log(`${label.padEnd(32)} ${(ms / 1_000).toFixed(1).padStart(7)} s   ${peakMb.toFixed(0).padStart(5)} MB at most`);
}

/** How much memory a process has now, and had at most. Needs Linux (/proc). */
export async function readMemory({ pid }: ChildProcess): Promise<{ nowMb: number; peakMb: number }> {
  // The process may have ended.
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const find = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024;
  return { nowMb: find('VmRSS'), peakMb: find('VmHWM') };
}
