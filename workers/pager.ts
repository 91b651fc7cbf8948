import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { errorCode } from '../src/text/error-code.js';

/** The pager when PAGER is not set. */
const DEFAULT_PAGER = 'less';
/**
 * Options of less when LESS is not set, as git has them: end at once if the text fits on a screen, show colours (only those: other
 * control sequences stay harmless), and leave the text on the screen.
 */
const LESS_OPTIONS = 'FRX';
/** Exit codes of a shell that can't find or can't run a command (POSIX, Shell Command Language, 2.8.2). */
const NOT_RUN: readonly (number | null)[] = [126, 127];

/**
 * Shows a text with the user's pager, and returns when it has ended. PAGER may have arguments, so the shell runs it, as it does for
 * man and git.
 * @returns false when there is no pager: PAGER is empty or `cat`, or can't be run
 */
export async function showInPager(text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const pager = env.PAGER ?? DEFAULT_PAGER;
  if (pager.trim() === '' || pager.trim() === 'cat') return false;
  const wake = holdInterrupts();
  try {
    const child = spawn(pager, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...env, LESS: env.LESS ?? LESS_OPTIONS },
    });
    child.stdin?.on('error', (error) => {
      // The reader has seen enough and ended the pager.
      if (errorCode(error) !== 'EPIPE') throw error;
    });
    child.stdin?.end(text);
    const [code] = (await once(child, 'close')) as [number | null];
    return !NOT_RUN.includes(code);
  } finally {
    wake();
  }
}

/** Ctrl-C belongs to the pager while it runs, and must not end us before it. @returns a function that ends this */
function holdInterrupts(): () => void {
  const listeners = process.listeners('SIGINT');
  const ignore = () => undefined;
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', ignore);
  return () => {
    process.off('SIGINT', ignore);
    for (const listener of listeners) process.on('SIGINT', listener);
  };
}
