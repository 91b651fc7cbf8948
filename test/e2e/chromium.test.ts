import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/articles/output/sanitize.js';
import { VECTORS } from '../fixtures/sanitizer-vectors.js';

/** The path of a Chromium or a browser built from it, such as Debian's `chromium` or the npm package @sparticuz/chromium. */
const { CHROMIUM } = process.env;
if (!CHROMIUM) console.error('CHROMIUM is not set, so the sanitizer was NOT CHECKED in a real browser.');

/** How long the page waits for its frames before it reports, in ms. */
const REPORT_AFTER_MS = 5_000;

/**
 * A page with each piece in its own frame twice: in the document, and set by a script. The page reports the pieces that called
 * `hit()`.
 */
const toPage = (pieces: readonly string[]) => `<!doctype html><meta charset="utf-8"><body><script>
const hits = new Set();
window.said = (i) => hits.add(i);
setTimeout(() => fetch('/hits?' + [...hits].join(',')), ${REPORT_AFTER_MS});
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

describe.skipIf(!CHROMIUM)('in a real browser', () => {
  it('runs nothing of what was sanitized, though it runs much of the raw input', { timeout: 60_000 }, async () => {
    const raw = VECTORS.map(([, html]) => html);
    const clean = raw.map((html) => sanitize(parseDocument(html).children, { baseUrl: 'https://n.example/' }));
    // Browsers have closed some of these holes. That many still fire shows that the page detects them.
    expect((await loadInBrowser(raw)).length).toBeGreaterThan(30);
    expect((await loadInBrowser(clean)).map((i) => VECTORS[i])).toEqual([]);
  });
});
