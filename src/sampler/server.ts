import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import iconv from 'iconv-lite';
import { type Addresses, writeFeed } from './feed-writers.js';
import { writeHome, writePage } from './page.js';
import type { Site } from './site.js';
import { composeStory, SITES, type Story } from './story.js';

export interface SamplerOptions {
  port: number;
  /** When the first stories came out: everything else follows from it and from the clock. */
  epoch: Date;
  /** A new story, on one site or another, so often, in ms. */
  storyEveryMs?: number;
  now?: () => Date;
}

export interface Sampler {
  origin: string;
  feeds: { url: string; title: string }[];
  close(): Promise<void>;
}

/** Stories in a feed. */
const WINDOW = 20;
const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#9cc4d8"/><rect y="220" width="640" height="140" fill="#2e5f78"/></svg>';
const FEED_TYPES = {
  rss: 'application/rss+xml',
  rdf: 'application/rdf+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
};

/**
 * Serves six small news sites on 127.0.0.1. Nothing is kept: which stories are out follows from the epoch and the clock.
 * Rejects with the system's error (EADDRINUSE) when the port is taken.
 */
export async function startSampler({
  port,
  epoch,
  storyEveryMs = 4_000,
  now = () => new Date(),
}: SamplerOptions): Promise<Sampler> {
  const server = createServer((request, response) => {
    const age = now().getTime() - epoch.getTime();
    // One story each at the start; then the sites take turns.
    const published = SITES.length + Math.max(0, Math.floor(age / storyEveryMs));
    answer(request, response, { origin, epoch, storyEveryMs, published });
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', ready);
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;
  return {
    origin,
    feeds: SITES.map((site) => ({ url: addressesOf(site, origin).feed, title: site.title })),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

interface World {
  origin: string;
  epoch: Date;
  storyEveryMs: number;
  /** Stories that are out, of all sites together. */
  published: number;
}

function addressesOf(site: Site, origin: string): Addresses {
  const home = `${origin}/${site.slug}/`;
  return {
    home,
    feed: `${home}feed.${site.format === 'json' ? 'json' : 'xml'}`,
    story: (number) => `${home}story/${number}.html`,
  };
}

/** Story `number` of site `index`, when it is out: the world's story `number * sites + index`. */
function storyOf(index: number, number: number, { epoch, storyEveryMs, published }: World): Story | undefined {
  const site = SITES[index];
  const place = number * SITES.length + index;
  if (!site || !Number.isInteger(number) || number < 0 || place >= published) return undefined;
  const minutesApart = Math.max(0, place - SITES.length + 1) * storyEveryMs;
  return composeStory(site, number, new Date(Math.floor((epoch.getTime() + minutesApart) / 1000) * 1000));
}

function newest(index: number, world: World): Story[] {
  const count = Math.ceil((world.published - index) / SITES.length);
  return Array.from({ length: Math.min(WINDOW, count) }, (_, i) => storyOf(index, count - 1 - i, world)).filter(
    (story) => story !== undefined,
  );
}

function answer(request: IncomingMessage, response: ServerResponse, world: World): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405).end();
    return;
  }
  const { pathname } = new URL(request.url ?? '/', world.origin);
  if (pathname === '/robots.txt') {
    send(request, response, 'text/plain', Buffer.from('User-agent: *\nAllow: /\n'));
    return;
  }
  const [, slug, ...rest] = pathname.split('/');
  const index = SITES.findIndex((site) => site.slug === slug);
  const site = SITES[index];
  if (!site) {
    response.writeHead(404).end();
    return;
  }
  const at = addressesOf(site, world.origin);
  const path = rest.join('/');
  const encode = (text: string) => iconv.encode(text, site.charset === 'shift_jis' ? 'cp932' : site.charset);
  if (path === 'picture.svg') {
    send(request, response, 'image/svg+xml', Buffer.from(PICTURE));
    return;
  }
  if (path === '') {
    send(request, response, `text/html; charset=${site.charset}`, encode(writeHome(site, newest(index, world), at)));
    return;
  }
  if (`${at.home}${path}` === at.feed) {
    const type = `${FEED_TYPES[site.format]}; charset=${site.charset}`;
    send(request, response, type, encode(writeFeed(site, newest(index, world), at)));
    return;
  }
  const number = Number(/^story\/(\d{1,9})\.html$/.exec(path)?.[1] ?? Number.NaN);
  const story = storyOf(index, number, world);
  if (!story) {
    response.writeHead(404).end();
    return;
  }
  const related = [1, 2, 3].map((back) => storyOf(index, number - back, world)).filter((other) => other !== undefined);
  send(request, response, `text/html; charset=${site.charset}`, encode(writePage(site, story, related, at)));
}

/** Conditional answers, as every good site gives them. */
function send(request: IncomingMessage, response: ServerResponse, type: string, body: Buffer): void {
  const etag = `"${createHash('sha1').update(body).digest('hex').slice(0, 16)}"`;
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end();
    return;
  }
  response
    .writeHead(200, { 'content-type': type, 'content-length': body.byteLength, etag })
    .end(request.method === 'HEAD' ? undefined : body);
}
