import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/articles/output/sanitize.js';
import { VECTORS } from '../fixtures/sanitizer-vectors.js';

/**
 * A Chromium, or what is built from it; from where one is, such as Debian's `chromium` or the npm package
 * @sparticuz/chromium.
 */
const { CHROMIUM } = process.env;
if (!CHROMIUM) console.error('CHROMIUM names no browser: that nothing runs in a real one was NOT CHECKED.');

/** How long the page waits for its frames before it tells, in ms. */
const PATIENCE_MS = 5_000;

/**
 * Each piece in a frame of its own, as a page has it and as a script would put it there; the page names those that called
 * `hit()`.
 */
const pageOf = (pieces: readonly string[]) => `<!doctype html><meta charset="utf-8"><body><script>
const hits = new Set();
window.said = (i) => hits.add(i);
setTimeout(() => fetch('/hits?' + [...hits].join(',')), ${PATIENCE_MS});
${JSON.stringify(pieces).replaceAll('<', '\\u003c')}.forEach((html, i) => {
  const frame = document.createElement('iframe');
  const own = '<script>window.hit = () => parent.said(' + i + '); window.alert = hit;<' + '/script>';
  frame.srcdoc = '<!doctype html>' + own + '<body>' + html;
  frame.onload = () => {
    const box = frame.contentDocument.createElement('div');
    frame.contentDocument.body?.append(box);
    box.innerHTML = html;
    for (const link of frame.contentDocument.querySelectorAll('a[href]')) if (!/^(https?|mailto):$/.test(link.protocol)) said(i);
  };
  document.body.append(frame);
});
</script>`;

/** Which of the pieces ran something in the browser. */
async function fired(pieces: readonly string[]): Promise<number[]> {
  let tell: (hits: number[]) => void = () => undefined;
  const told = new Promise<number[]>((done) => {
    tell = done;
  });
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/hits?')) tell(url.slice('/hits?'.length).split(',').filter(Boolean).map(Number));
    response.setHeader('content-type', 'text/html').end(url === '/' ? pageOf(pieces) : '');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--single-process', '--no-zygote', '--remote-debugging-port=0'];
  // What is asked for elsewhere is not there: handlers of errors are called.
  const hosts = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  const browser = spawn(CHROMIUM ?? '', [...flags, hosts, `http://127.0.0.1:${port}/`], { stdio: 'ignore' });
  try {
    return await told;
  } finally {
    browser.kill('SIGKILL');
    server.close();
    server.closeAllConnections();
  }
}

describe.skipIf(!CHROMIUM)('in a real browser', () => {
  it('nothing of what is sanitized runs, where much of it would have', { timeout: 60_000 }, async () => {
    const raw = VECTORS.map(([, html]) => html);
    const clean = raw.map((html) => sanitize(parseDocument(html).children, { baseUrl: 'https://n.example/' }));
    // Browsers have learned: not all of the old ways fire any more. That many do shows that the page notices.
    expect((await fired(raw)).length).toBeGreaterThan(30);
    expect((await fired(clean)).map((i) => VECTORS[i])).toEqual([]);
  });
});
