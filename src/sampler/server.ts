import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import iconv from 'iconv-lite';
import { type Addresses, writeFeed } from './feed-writers.js';
import { writeHome, writePage } from './page.js';
import type { Site } from './site.js';
import { composeStory, SITES, type Story } from './story.js';

/** Where the sample sites are served, and when they publish. */
export interface SamplerOptions {
  port: number;
  /** When the first stories are published. The clock and this date determine all other stories. */
  epoch: Date;
  /** Interval between two stories, over all sites, in ms. */
  storyEveryMs?: number;
  now?: () => Date;
}

/** The running sample sites. */
export interface Sampler {
  origin: string;
  feeds: { url: string; title: string }[];
  close(): Promise<void>;
}

/** Most stories in a feed. */
const FEED_STORIES = 20;
const PICTURE_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#9cc4d8"/><rect y="220" width="640" height="140" fill="#2e5f78"/></svg>';
const FEED_TYPES = {
  rss: 'application/rss+xml',
  rdf: 'application/rdf+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
};

/**
 * Serves six small news sites on 127.0.0.1. Nothing is stored: the epoch and the clock determine which stories are published.
 * Rejects with the system's error (EADDRINUSE) if the port is taken.
 */
export async function startSampler({
  port,
  epoch,
  storyEveryMs = 4_000,
  now = () => new Date(),
}: SamplerOptions): Promise<Sampler> {
  const server = createServer((request, response) => {
    const age = now().getTime() - epoch.getTime();
    // At first, every site has one story. Then the sites take turns.
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
    feeds: listFeeds(origin),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** The feeds of the sample sites that are served on this port. */
export const listSampleFeeds = (port: number): Sampler['feeds'] => listFeeds(`http://127.0.0.1:${port}`);

const listFeeds = (origin: string): Sampler['feeds'] =>
  SITES.map((site) => ({ url: getAddresses(site, origin).feed, title: site.title }));

/** The state of all sites at the time of a request. */
interface World {
  origin: string;
  epoch: Date;
  storyEveryMs: number;
  /** Published stories of all sites together. */
  published: number;
}

function getAddresses(site: Site, origin: string): Addresses {
  const home = `${origin}/${site.slug}/`;
  return {
    home,
    feed: `${home}feed.${site.format === 'json' ? 'json' : 'xml'}`,
    story: (number) => `${home}story/${number}.html`,
  };
}

/**
 * Story `number` of the site at `index`; undefined if it is not published yet. Over all sites it is story `number * sites
 * + index`.
 */
function findStory(index: number, number: number, { epoch, storyEveryMs, published }: World): Story | undefined {
  const site = SITES[index];
  const position = number * SITES.length + index;
  if (!site || !Number.isInteger(number) || number < 0 || position >= published) return undefined;
  const sinceEpochMs = Math.max(0, position - SITES.length + 1) * storyEveryMs;
  return composeStory(site, number, new Date(Math.floor((epoch.getTime() + sinceEpochMs) / 1000) * 1000));
}

/** The newest published stories of the site at `index`, newest first. */
function findNewest(index: number, world: World): Story[] {
  const count = Math.ceil((world.published - index) / SITES.length);
  return Array.from({ length: Math.min(FEED_STORIES, count) }, (_, i) => findStory(index, count - 1 - i, world)).filter(
    (story) => story !== undefined,
  );
}

function answer(request: IncomingMessage, response: ServerResponse, world: World): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405).end();
    return;
  }
  const { pathname } = new URL(request.url ?? '/', world.origin);
  const document = pathname === '/robots.txt' ? ROBOTS_TXT : findDocument(pathname, world);
  if (document) send(request, response, document);
  else response.writeHead(404).end();
}

interface ServedDocument {
  type: string;
  body: Buffer;
}

const ROBOTS_TXT: ServedDocument = { type: 'text/plain', body: Buffer.from('User-agent: *\nAllow: /\n') };
const PICTURE: ServedDocument = { type: 'image/svg+xml', body: Buffer.from(PICTURE_SVG) };

/** The document of a site at a path such as `/slug/feed.xml`; undefined if there is none. */
function findDocument(pathname: string, world: World): ServedDocument | undefined {
  const [, slug, ...rest] = pathname.split('/');
  const index = SITES.findIndex((site) => site.slug === slug);
  const site = SITES[index];
  if (!site) return undefined;
  const at = getAddresses(site, world.origin);
  const path = rest.join('/');
  if (path === 'picture.svg') return PICTURE;
  if (path === '') return encode(site, 'text/html', writeHome(site, findNewest(index, world), at));
  if (`${at.home}${path}` === at.feed)
    return encode(site, FEED_TYPES[site.format], writeFeed(site, findNewest(index, world), at));
  const number = Number(/^story\/(\d{1,9})\.html$/.exec(path)?.[1] ?? Number.NaN);
  const story = findStory(index, number, world);
  if (!story) return undefined;
  const related = [1, 2, 3].map((back) => findStory(index, number - back, world)).filter((other) => other !== undefined);
  return encode(site, 'text/html', writePage(site, story, related, at));
}

/** Encodes a document in the site's charset. */
const encode = ({ charset }: Site, type: string, text: string): ServedDocument => ({
  type: `${type}; charset=${charset}`,
  body: iconv.encode(text, charset === 'shift_jis' ? 'cp932' : charset),
});

/** Sends a document, or 304 if the client already has it. */
function send(request: IncomingMessage, response: ServerResponse, { type, body }: ServedDocument): void {
  const etag = `"${createHash('sha1').update(body).digest('hex').slice(0, 16)}"`;
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end();
    return;
  }
  response
    .writeHead(200, { 'content-type': type, 'content-length': body.byteLength, etag })
    .end(request.method === 'HEAD' ? undefined : body);
}
