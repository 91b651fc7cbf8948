import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CliContext } from './app.js';

/** The command that opens a file in the default browser, by platform; `xdg-open` on all others. */
const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

/** Writes a page to a temporary file, prints the file's path, and opens it in the browser if there is one. */
export async function openInBrowser(html: string, context: CliContext): Promise<void> {
  const file = join(await mkdtemp(join(tmpdir(), 'feedmill-')), 'explanation.html');
  await writeFile(file, html);
  context.out(file);
  const child = spawn(OPENERS[process.platform] ?? 'xdg-open', [pathToFileURL(file).href], { stdio: 'ignore', detached: true });
  // Without a browser, the printed path has to do.
  child.on('error', () => undefined);
  child.unref();
}
