import type { Element } from 'domhandler';
import { canParseUrl } from '../../text/url.js';
import { PLATFORMS } from './embed-platforms.js';

/** A custom element that names what it shows by an identifier. */
interface EmbedElement {
  platform: string;
  /** Attributes that may hold the identifier. */
  attributes: readonly string[];
  id: RegExp;
  page(id: string): string;
}

const youTube = (...attributes: string[]): EmbedElement => ({
  platform: 'YouTube',
  attributes,
  id: /^[\w-]{6,20}$/,
  page: (id) => `https://www.youtube.com/watch?v=${id}`,
});
const vimeo = (attribute: string): EmbedElement => ({
  platform: 'Vimeo',
  attributes: [attribute],
  id: /^\d+$/,
  page: (id) => `https://vimeo.com/${id}`,
});

/** Elements of AMP and of the "lite" players. */
const EMBED_ELEMENTS: Record<string, EmbedElement> = {
  'lite-youtube': youTube('videoid', 'data-videoid'),
  'amp-youtube': youTube('data-videoid'),
  'lite-vimeo': vimeo('videoid'),
  'amp-vimeo': vimeo('data-videoid'),
  'amp-twitter': { platform: 'X', attributes: ['data-tweetid'], id: /^\d+$/, page: (id) => `https://x.com/i/status/${id}` },
  'amp-instagram': {
    platform: 'Instagram',
    attributes: ['data-shortcode'],
    id: /^[\w-]+$/,
    page: (id) => `https://www.instagram.com/p/${id}/`,
  },
  'amp-gist': {
    platform: 'GitHub Gist',
    attributes: ['data-gistid'],
    id: /^[0-9a-f]{20,40}$/,
    page: (id) => `https://gist.github.com/${id}`,
  },
};

/** Attributes in which posts that the platform's script fills in keep their URL, and the hosts it may have. */
const POST_ATTRIBUTES: readonly { attribute: string; host: RegExp }[] = [
  { attribute: 'data-instgrm-permalink', host: /^(www\.)?instagram\.com$/ },
  { attribute: 'data-href', host: /^(www\.|m\.)?facebook\.com$/ },
  { attribute: 'cite', host: /^(www\.)?tiktok\.com$/ },
];

/** Attributes that may hold a frame's URL. Scripts for lazy loading and for cookie consent move it out of `src`. */
const FRAME_SOURCES = [
  'src',
  'data-src',
  'data-lazy-src',
  'data-original',
  'data-cookieblock-src',
  'data-src-cmplz',
  'data-iframe-src',
  'data',
];
/** A post on Mastodon or another fediverse server, on any host: the post's path followed by `/embed`. */
const FEDIVERSE_POST = /^\/@[\w.@-]+\/\d+(?=\/embed\/?$)/;
/** Longest title of a player that is used as the link's text, in characters. */
const MAX_TITLE = 200;
/** Words of the titles that platforms give all their players, such as "YouTube video player". */
const GENERIC_TITLE = /\b(video|audio|embed(ded)?|player|widget|iframe|post|content)\b/i;
/** A title with a generic word and more words than this says something of its own. */
const MAX_GENERIC_WORDS = 4;

/**
 * The page that shows the same as an embedded player, post or chart, so that a record can link to it and load nothing from
 * the platform.
 * @returns its URL and a text for the link; undefined for every other element, including frames of unknown hosts, which may
 * be ads.
 */
export function findEmbed({ name, attribs }: Element, baseUrl: string): { url: string; text: string } | undefined {
  const embed = Object.hasOwn(EMBED_ELEMENTS, name) ? readEmbedElement(name, attribs) : readFrame(name, attribs, baseUrl);
  if (!embed) return undefined;
  const title = attribs.title?.replace(/\s+/g, ' ').trim() ?? '';
  return { url: embed.page, text: isOwnTitle(title) ? `${embed.platform}: ${title}` : embed.page };
}

function isOwnTitle(title: string): boolean {
  if (title === '' || title.length > MAX_TITLE) return false;
  return !GENERIC_TITLE.test(title) || title.split(' ').length > MAX_GENERIC_WORDS;
}

interface Embed {
  page: string;
  platform: string;
}

function readFrame(name: string, attribs: Element['attribs'], baseUrl: string): Embed | undefined {
  const isFrame = name === 'iframe' || name === 'embed' || name === 'object';
  // GitHub Gist is the only platform whose embed code is a script that writes where it stands.
  if (!isFrame && !(name === 'script' && attribs.src?.includes('//gist.github.com/'))) return undefined;
  for (const attribute of FRAME_SOURCES) {
    const value = attribs[attribute]?.trim();
    if (!value || !canParseUrl(value, baseUrl)) continue;
    const embed = findPlatformPage(new URL(value, baseUrl));
    if (embed) return embed;
  }
  return undefined;
}

function findPlatformPage(player: URL): Embed | undefined {
  if (player.protocol !== 'https:' && player.protocol !== 'http:') return undefined;
  for (const platform of PLATFORMS) {
    const page = platform.host.test(player.hostname) ? platform.page(player) : undefined;
    if (page) return { page, platform: platform.name };
  }
  const post = FEDIVERSE_POST.exec(player.pathname)?.[0];
  return post ? { page: `https://${player.host}${post}`, platform: player.host } : undefined;
}

function readEmbedElement(name: string, attribs: Element['attribs']): Embed | undefined {
  const element = EMBED_ELEMENTS[name];
  const id = element?.attributes.map((attribute) => attribs[attribute]).find((value) => value !== undefined);
  return element && id !== undefined && element.id.test(id) ? { page: element.page(id), platform: element.platform } : undefined;
}

/**
 * The URL of a post that a script of its platform fills in. Until the script runs, the element may be empty or have no link
 * to the post.
 * @returns the URL without tracking parameters; undefined for every other element.
 */
export function findPostUrl({ name, attribs }: Element): string | undefined {
  if (name !== 'blockquote' && name !== 'div') return undefined;
  for (const { attribute, host } of POST_ATTRIBUTES) {
    const value = attribs[attribute];
    if (value === undefined || !canParseUrl(value)) continue;
    // Facebook's like buttons have the same attribute.
    if (attribute === 'data-href' && !/\bfb-(post|video)\b/.test(attribs.class ?? '')) continue;
    const { protocol, hostname, origin, pathname, searchParams } = new URL(value);
    if (protocol !== 'https:' || !host.test(hostname) || pathname === '/') continue;
    // Older Facebook URLs identify the post by these parameters.
    const kept = [...searchParams].filter(([key]) => /^(id|v|story_fbid|fbid)$/.test(key));
    return `${origin}${pathname}${kept.length > 0 ? `?${new URLSearchParams(kept)}` : ''}`;
  }
  return undefined;
}
