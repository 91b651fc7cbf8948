import { createServer, type Server } from 'node:http';
import { writePage } from '../src/sampler/page.js';
import { composeStory, SITES } from '../src/sampler/story.js';

/**
 * Size of a page, in bytes, which is typical of real news pages. The sampler's pages are padded with script, as real ones
 * are.
 */
const PAGE_BYTES = 150_000;

/** A local web server that stands for many hosts, each with one feed and the same pages. */
export interface Origin {
  server: Server;
  /** `address:port` of each host, all of them on loopback. */
  hosts: string[];
}

/** Starts a server with `hostCount` hosts and `pagesPerHost` pages on each. Pages are at `/a/N.html`, the feed at `/feed.xml`. */
export async function startOrigin(hostCount: number, pagesPerHost: number): Promise<Origin> {
  const pages = Array.from({ length: pagesPerHost }, (_, n) => composePage(n));
  const server = createServer((request, response) => {
    const number = /^\/a\/(\d+)\.html$/.exec(request.url ?? '')?.[1];
    if (number) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pages[Number(number)]);
    else if (request.url === '/feed.xml')
      response
        .writeHead(200, { 'content-type': 'application/rss+xml' })
        .end(composeFeed(request.headers.host ?? '', pages.length));
    else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '0.0.0.0', ready));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { server, hosts: Array.from({ length: hostCount }, (_, n) => `127.1.0.${n + 1}:${port}`) };
}

function composePage(n: number): string {
  const site = SITES[0];
  if (!site) throw new Error('The sampler has no sites.');
  const at = { home: '/', feed: '/feed.xml', story: (i: number) => `/a/${i}.html` };
  const page = writePage(site, composeStory(site, n, new Date()), [], at);
  const filler = `<script>/*${'x'.repeat(1_000)}*/</script>`.repeat(Math.ceil((PAGE_BYTES - page.length) / 1_017));
  return page.replace('</head>', `${filler}</head>`);
}

function composeFeed(host: string, count: number): string {
  const items = Array.from(
    { length: count },
    (_, n) => `<item><title>Story ${n}</title><link>http://${host}/a/${n}.html</link></item>`,
  );
  return `<rss version="2.0"><channel><title>T</title>${items.join('')}</channel></rss>`;
}
