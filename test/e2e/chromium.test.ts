import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VECTORS } from '../fixtures/sanitizer-vectors.js';
import { writeOutputs } from '../outputs.js';

/** The path of a Chromium or a browser built from it: `CHROMIUM`, or else Debian's `chromium` from the PATH. */
const CHROMIUM = process.env.CHROMIUM ?? findInPath('chromium');
if (!CHROMIUM) console.error('CHROMIUM is not set, so the outputs were NOT CHECKED in a real browser.');

function findInPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** How long the page waits for handlers to fire after its last frame has loaded, in ms. */
const SETTLE_MS = 3_000;

/**
 * A page with each piece in its own frame twice: in the document, and set by a script. The page reports the pieces that called
 * `hit()`.
 */
const toPage = (pieces: readonly string[]) => `<!doctype html><meta charset="utf-8"><body><script>
const hits = new Set();
window.said = (i) => hits.add(i);
const pieces = ${JSON.stringify(pieces).replaceAll('<', '\\u003c')};
let loaded = 0;
pieces.forEach((html, i) => {
  const frame = document.createElement('iframe');
  const own = '<script>window.hit = () => parent.said(' + i + '); window.alert = hit;<' + '/script>';
  frame.srcdoc = '<!doctype html>' + own + '<body>' + html;
  frame.onload = () => {
    const box = frame.contentDocument.createElement('div');
    frame.contentDocument.body?.append(box);
    box.innerHTML = html;
    for (const link of frame.contentDocument.querySelectorAll('a[href]')) if (!/^(https?|mailto):$/.test(link.protocol)) said(i);
    loaded += 1;
    if (loaded === pieces.length) setTimeout(() => fetch('/hits?' + [...hits].join(',')), ${SETTLE_MS});
  };
  document.body.append(frame);
});
</script>`;

/** Loads the pieces in the browser. @returns the indexes of those that ran something */
async function loadInBrowser(pieces: readonly string[]): Promise<number[]> {
  let report: (hits: number[]) => void = () => undefined;
  const reported = new Promise<number[]>((done) => {
    report = done;
  });
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/hits?')) report(url.slice('/hits?'.length).split(',').filter(Boolean).map(Number));
    response.setHeader('content-type', 'text/html').end(url === '/' ? toPage(pieces) : '');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--single-process', '--no-zygote', '--remote-debugging-port=0'];
  // No other host resolves, so that error handlers fire.
  const hosts = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  const browser = spawn(CHROMIUM ?? '', [...flags, hosts, `http://127.0.0.1:${port}/`], { stdio: 'ignore' });
  try {
    return await reported;
  } finally {
    browser.kill('SIGKILL');
    server.close();
    server.closeAllConnections();
  }
}

/** Pieces in a page at once; each has a frame and an element of its own. */
const BATCH = 200;

async function findRunning(pieces: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (let at = 0; at < pieces.length; at += BATCH)
    found.push(...(await loadInBrowser(pieces.slice(at, at + BATCH))).map((i) => at + i));
  return found;
}

describe.skipIf(!CHROMIUM)('in a real browser', () => {
  // Browsers no longer run some of these vectors. That many others still run shows that the page detects them.
  it('runs much of the raw input', { timeout: 240_000 }, async () =>
    expect((await findRunning(VECTORS.map(([, html]) => html))).length).toBeGreaterThan(30),
  );

  it('runs nothing of any output', { timeout: 240_000 }, async () => {
    const shown = await Promise.all(
      VECTORS.map(async ([name, html]) =>
        Object.entries(await writeOutputs(html)).map(([output, written]) => ({ name, output, written })),
      ),
    );
    const pieces = shown.flat();
    const running = await findRunning(pieces.map(({ written }) => written));
    expect(running.map((i) => `${pieces[i]?.output}: ${pieces[i]?.name}`)).toEqual([]);
  });
});
