import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { escapeText } from '../../src/text/escape.js';
import { pick } from './random.js';

/** How a site answers: normally (`well`), by refusing connections (`gone`), never (`hanging`), or by resetting connections. */
export type SiteMode = 'well' | 'gone' | 'hanging' | 'resetting';

/** A story as the origin shows it now. Its record must say the same. */
export interface Story {
  site: number;
  url: string;
  guid: string;
  title: string;
  paragraphs: string[];
  publishedAt: Date;
}

/** Small news sites whose stories and failures a test controls. */
export interface Origin {
  feedUrl(site: number): string;
  stories(): readonly Story[];
  /** Stories that the feeds still list, so that an edit of them can be noticed. */
  shown(): readonly Story[];
  /** Publishes one story on each of these sites. */
  publish(sites: readonly number[]): void;
  /** Gives a published story a new title. */
  edit(story: Story): void;
  setMode(site: number, mode: SiteMode): Promise<void>;
  close(): Promise<void>;
}

/** The most stories that a feed lists. */
const WINDOW = 60;
const WORDS =
  'harbour council river budget winter school railway market orchestra museum forest clinic election festival weather bakery ' +
  'engineer teacher captain painter singer farmer report morning evening bridge station village island garden window history ' +
  'letter signal engine harvest border meeting answer question future record journey kitchen theatre library stadium concert';
const VOCABULARY = WORDS.split(' ');

/** Invents a story. No two stories share a sentence, so that none is taken for a copy of another. */
function invent(site: number, number: number, base: string, random: () => number): Story {
  const sentence = () => {
    const words = Array.from({ length: 12 }, () => pick(VOCABULARY, random));
    return `The ${words.join(' ')} ${Math.floor(random() * 1e6)}.`;
  };
  return {
    site,
    url: `${base}/story-${number}.html`,
    guid: createHash('sha256').update(`${site}/${number}`).digest('hex').slice(0, 16),
    title: `Story ${number} of site ${site}: ${pick(VOCABULARY, random)} and ${pick(VOCABULARY, random)}`,
    paragraphs: Array.from({ length: 5 }, () => `${sentence()} ${sentence()} ${sentence()}`),
    publishedAt: new Date(Math.floor(Date.now() / 1000) * 1000),
  };
}

const writeFeed = (base: string, site: number, stories: readonly Story[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Site ${site}</title><link>${base}/</link>${stories
    .map(
      ({ title, url, guid, publishedAt }) =>
        `<item><title>${escapeText(title)}</title><link>${url}</link><guid isPermaLink="false">${guid}</guid><pubDate>${publishedAt.toUTCString()}</pubDate></item>`,
    )
    .join('')}</channel></rss>`;

const writePage = ({ title, paragraphs, site }: Story) =>
  `<!doctype html><html lang="en"><head><title>${escapeText(title)} | Site ${site}</title></head><body><nav><a href="/">Home</a></nav>` +
  `<article><h1>${escapeText(title)}</h1>${paragraphs.map((text) => `<p>${escapeText(text)}</p>`).join('')}</article></body></html>`;

/** One site: its server, its published stories, and how it currently answers. */
class Site {
  readonly base: string;
  readonly published: Story[] = [];
  mode: SiteMode = 'well';
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(
    readonly number: number,
    readonly address: string,
    readonly port: number,
  ) {
    this.base = `http://${address}:${port}`;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((ready, failed) => server.once('error', failed).listen(this.port, this.address, ready));
    this.#server = server;
  }

  async shut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((closed) => server.close(closed));
  }

  async setMode(mode: SiteMode): Promise<void> {
    this.mode = mode;
    if (mode === 'gone') await this.shut();
    else if (!this.#server) await this.listen();
    // Clients that still wait for an answer from before must ask again.
    if (mode === 'well') for (const socket of this.#sockets) socket.destroy();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.mode === 'hanging') return;
    if (this.mode === 'resetting') return void request.socket.resetAndDestroy();
    const path = request.url ?? '/';
    if (path === '/robots.txt') return void response.writeHead(404).end();
    if (path === '/feed.xml') {
      const newest = this.published.slice(-WINDOW).reverse();
      return void response
        .writeHead(200, { 'content-type': 'application/rss+xml' })
        .end(writeFeed(this.base, this.number, newest));
    }
    const story = this.published.find(({ url }) => url === this.base + path);
    if (!story) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(writePage(story));
  }
}

/** Starts `count` small news sites, each on its own loopback address (127.0.5.1 and so on), all on the same port. */
export async function startOrigin(count: number, port: number, random: () => number): Promise<Origin> {
  const sites = Array.from({ length: count }, (_, index) => new Site(index, `127.0.5.${index + 1}`, port));
  for (const site of sites) await site.listen();
  const siteAt = (number: number): Site => {
    const site = sites[number];
    if (!site) throw new Error(`there is no site ${number}`);
    return site;
  };
  return {
    feedUrl: (site) => `${siteAt(site).base}/feed.xml`,
    stories: () => sites.flatMap(({ published }) => published),
    // The oldest are left out: what is published next could push them out of the feed before anybody polls it.
    shown: () => sites.flatMap(({ published }) => published.slice(-WINDOW / 2)),
    publish(numbers) {
      for (const number of numbers) {
        const site = siteAt(number);
        site.published.push(invent(number, site.published.length + 1, site.base, random));
      }
    },
    edit(story) {
      story.title = `${story.title.replace(/ \(corrected.*/, '')} (corrected ${Math.floor(random() * 1e6)})`;
    },
    setMode: (site, mode) => siteAt(site).setMode(mode),
    close: async () => void (await Promise.all(sites.map((site) => site.shut()))),
  };
}
