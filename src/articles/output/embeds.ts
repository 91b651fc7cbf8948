import type { Element } from 'domhandler';

/** One platform: what its players' addresses look like, and the page that shows the same. */
interface Platform {
  name: string;
  host: RegExp;
  /** The address of the page; undefined where the player's address does not say which. */
  page(player: URL): string | undefined;
}

/** A part of the path, as `$1` of a pattern, put into an address. Only letters, digits and what identifiers have besides. */
const byPath = (pattern: RegExp, page: (id: string, player: URL) => string) => (player: URL) => {
  const id = pattern.exec(player.pathname)?.[1];
  return id === undefined ? undefined : page(id, player);
};
/** An address that the player is given as a parameter: of that site, or none. */
const byParameter = (name: string, host: RegExp) => (player: URL) => {
  const given = player.searchParams.get(name) ?? '';
  if (!URL.canParse(given)) return undefined;
  const page = new URL(given);
  return page.protocol === 'https:' && host.test(page.hostname) ? page.href : undefined;
};
const firstOf =
  (...ways: Platform['page'][]) =>
  (player: URL) =>
    ways.map((way) => way(player)).find((page) => page !== undefined);
const itself = (player: URL) => player.href;

/** The forms are those of each platform's own embed code. */
const PLATFORMS: readonly Platform[] = [
  {
    name: 'YouTube',
    host: /^(www\.|m\.)?youtube(-nocookie)?\.com$/,
    page: firstOf(
      (player) => {
        const list = /^\/embed\/videoseries\/?$/.test(player.pathname) ? player.searchParams.get('list') : null;
        return list && /^[\w-]+$/.test(list) ? `https://www.youtube.com/playlist?list=${list}` : undefined;
      },
      byPath(/^\/(?:embed|v)\/([\w-]{6,20})\/?$/, (id) => `https://www.youtube.com/watch?v=${id}`),
    ),
  },
  { name: 'Vimeo', host: /^player\.vimeo\.com$/, page: byPath(/^\/video\/(\d+)/, (id) => `https://vimeo.com/${id}`) },
  {
    name: 'Dailymotion',
    host: /^(www|geo)\.dailymotion\.com$/,
    page: firstOf(
      byPath(/^\/embed\/video\/(\w+)/, (id) => `https://www.dailymotion.com/video/${id}`),
      ({ searchParams }) =>
        /^\w+$/.test(searchParams.get('video') ?? '')
          ? `https://www.dailymotion.com/video/${searchParams.get('video')}`
          : undefined,
    ),
  },
  {
    name: 'Spotify',
    host: /^open\.spotify\.com$/,
    page: byPath(
      /^\/embed(?:-podcast)?\/((?:track|album|artist|playlist|episode|show)\/\w+)/,
      (id) => `https://open.spotify.com/${id}`,
    ),
  },
  { name: 'SoundCloud', host: /^w\.soundcloud\.com$/, page: byParameter('url', /(^|\.)soundcloud\.com$/) },
  {
    name: 'Apple Podcasts',
    host: /^embed\.podcasts\.apple\.com$/,
    page: byPath(/^(\/[\w%/.-]+)$/, (path, { search }) => `https://podcasts.apple.com${path}${search}`),
  },
  {
    name: 'Apple Music',
    host: /^embed\.music\.apple\.com$/,
    page: byPath(/^(\/[\w%/.-]+)$/, (path) => `https://music.apple.com${path}`),
  },
  {
    name: 'Instagram',
    host: /^(www\.)?instagram\.com$/,
    page: byPath(/^\/((?:p|reel|tv)\/[\w-]+)\/embed/, (id) => `https://www.instagram.com/${id}/`),
  },
  { name: 'Facebook', host: /^(www\.)?facebook\.com$/, page: byParameter('href', /(^|\.)facebook\.com$/) },
  {
    name: 'X',
    host: /^platform\.(twitter|x)\.com$/,
    page: ({ searchParams }) =>
      /^\d+$/.test(searchParams.get('id') ?? '') ? `https://x.com/i/status/${searchParams.get('id')}` : undefined,
  },
  {
    name: 'TikTok',
    host: /^(www\.)?tiktok\.com$/,
    page: byPath(/^\/(?:embed(?:\/v\d)?|player\/v1)\/(\d+)/, (id) => `https://www.tiktok.com/embed/v2/${id}`),
  },
  {
    name: 'Bluesky',
    host: /^embed\.bsky\.app$/,
    page: byPath(
      /^\/embed\/(did:[\w:.-]+\/app\.bsky\.feed\.post\/\w+)/,
      (id) => `https://bsky.app/profile/${id.replace('app.bsky.feed.post', 'post')}`,
    ),
  },
  {
    name: 'Twitch',
    host: /^(player|clips)\.twitch\.tv$/,
    page: ({ searchParams }) => {
      const [video, channel, clip] = ['video', 'channel', 'clip'].map(
        (name) => /^[\w-]+$/.exec(searchParams.get(name) ?? '')?.[0],
      );
      if (clip) return `https://clips.twitch.tv/${clip}`;
      if (video) return `https://www.twitch.tv/videos/${video.replace(/^v/, '')}`;
      return channel ? `https://www.twitch.tv/${channel}` : undefined;
    },
  },
  {
    name: 'Reddit',
    host: /^(embed\.reddit\.com|www\.redditmedia\.com)$/,
    page: byPath(/^(\/(?:r|user)\/\w+\/comments\/[\w%/.-]+)$/, (path) => `https://www.reddit.com${path}`),
  },
  { name: 'Datawrapper', host: /^(datawrapper\.dwcdn\.net|www\.datawrapper\.de)$/, page: itself },
  {
    name: 'Flourish',
    host: /^flo\.uri\.sh$/,
    page: byPath(/^\/((?:visualisation|story)\/\d+)\/embed/, (id) => `https://public.flourish.studio/${id}/`),
  },
  { name: 'Infogram', host: /^e\.infogram\.com$/, page: byPath(/^\/([\w-]+)/, (id) => `https://infogram.com/${id}`) },
  { name: 'Giphy', host: /^giphy\.com$/, page: byPath(/^\/embed\/(\w+)/, (id) => `https://giphy.com/gifs/${id}`) },
  {
    name: 'CodePen',
    host: /^codepen\.io$/,
    page: byPath(
      /^\/([\w-]+\/embed\/(?:preview\/)?\w+)/,
      (id) => `https://codepen.io/${id.replace(/embed\/(preview\/)?/, 'pen/')}`,
    ),
  },
  {
    name: 'Internet Archive',
    host: /^archive\.org$/,
    page: byPath(/^\/embed\/([\w.-]+)/, (id) => `https://archive.org/details/${id}`),
  },
  { name: 'TED', host: /^embed(-ssl)?\.ted\.com$/, page: byPath(/^(\/talks\/[\w/-]+)/, (path) => `https://www.ted.com${path}`) },
  { name: 'DocumentCloud', host: /^(www|embed)\.documentcloud\.org$/, page: itself },
  { name: 'Bandcamp', host: /^bandcamp\.com$/, page: itself },
  {
    name: 'Mixcloud',
    host: /^(www|player-widget)\.mixcloud\.com$/,
    page: ({ searchParams }) =>
      /^\/[\w%-]+\/[\w%/-]+$/.test(searchParams.get('feed') ?? '')
        ? `https://www.mixcloud.com${searchParams.get('feed')}`
        : undefined,
  },
  {
    name: 'Spreaker',
    host: /^widget\.spreaker\.com$/,
    page: ({ searchParams }) =>
      /^\d+$/.test(searchParams.get('episode_id') ?? '')
        ? `https://www.spreaker.com/episode/${searchParams.get('episode_id')}`
        : undefined,
  },
  {
    name: 'Transistor',
    host: /^share\.transistor\.fm$/,
    page: byPath(/^\/[es]\/(\w+)/, (id) => `https://share.transistor.fm/s/${id}`),
  },
  // Podcasts whose players do not say which page has the same: the player's own address shows it.
  {
    name: 'Podcast',
    host: /^(embed\.acast\.com|player\.(simplecast|captivate)\.(com|fm)|playlist\.megaphone\.fm)$/,
    page: itself,
  },
  { name: 'Podcast', host: /^((html5-player|play)\.libsyn\.com|omny\.fm|embeds\.audioboom\.com)$/, page: itself },
  { name: 'Podcast', host: /^www\.(buzzsprout|podbean)\.com$/, page: itself },
  {
    name: 'GitHub Gist',
    host: /^gist\.github\.com$/,
    page: byPath(/^\/((?:[\w-]+\/)?[0-9a-f]{20,40})\.js$/, (id) => `https://gist.github.com/${id}`),
  },
  { name: 'OpenStreetMap', host: /^www\.openstreetmap\.org$/, page: itself },
  {
    name: 'Google Maps',
    host: /^(www|maps)\.google\.[a-z.]{2,6}$/,
    page: (player) => (player.pathname.startsWith('/maps') ? player.href : undefined),
  },
];
/** Mastodon and its like are on any host: a post's address with `/embed` behind it. */
const FEDIVERSE_POST = /^\/@[\w.@-]+\/\d+(?=\/embed\/?$)/;

/** Elements of players' scripts and of AMP that name what they show: the attribute with its identifier, and the page. */
const ELEMENTS: Record<string, { platform: string; attributes: readonly string[]; id: RegExp; page(id: string): string }> = {
  'lite-youtube': youTube(['videoid', 'data-videoid']),
  'amp-youtube': youTube(['data-videoid']),
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
function youTube(attributes: readonly string[]) {
  return { platform: 'YouTube', attributes, id: /^[\w-]{6,20}$/, page: (id: string) => `https://www.youtube.com/watch?v=${id}` };
}
function vimeo(attribute: string) {
  return { platform: 'Vimeo', attributes: [attribute], id: /^\d+$/, page: (id: string) => `https://vimeo.com/${id}` };
}

/** Where a post that a script fills in keeps its address, and of which sites it may be. */
const POSTS: readonly { attribute: string; host: RegExp }[] = [
  { attribute: 'data-instgrm-permalink', host: /^(www\.)?instagram\.com$/ },
  { attribute: 'data-href', host: /^(www\.|m\.)?facebook\.com$/ },
  { attribute: 'cite', host: /^(www\.)?tiktok\.com$/ },
];

/** Where an element that shows something of another site keeps its address: scripts that wait for consent keep it elsewhere. */
const ADDRESSES = [
  'src',
  'data-src',
  'data-lazy-src',
  'data-original',
  'data-cookieblock-src',
  'data-src-cmplz',
  'data-iframe-src',
  'data',
];
/** Longest title of a player that is one, in characters. */
const MAX_TITLE = 200;
/** What players are titled by their platforms. */
const NO_TITLE = /\b(video|audio|embed(ded)?|player|widget|iframe|post|content)\b/i;

/**
 * A player, post or chart of a big platform → a link to the page that shows the same: nothing of the platform is loaded by reading the record.
 * @returns its address and words for it; undefined for every other frame, which may be an advertisement.
 */
export function findEmbed({ name, attribs }: Element, baseUrl: string): { url: string; text: string } | undefined {
  const url = Object.hasOwn(ELEMENTS, name) ? ofElement(name, attribs) : ofFrame(name, attribs, baseUrl);
  if (!url) return undefined;
  const title = attribs.title?.replace(/\s+/g, ' ').trim() ?? '';
  const isTitle = title !== '' && title.length <= MAX_TITLE && !(NO_TITLE.test(title) && title.split(' ').length <= 4);
  return { url: url.page, text: isTitle ? `${url.platform}: ${title}` : url.page };
}

function ofFrame(name: string, attribs: Element['attribs'], baseUrl: string) {
  // A script shows something where it stands only on the one platform whose posts are scripts.
  const isFrame = name === 'iframe' || name === 'embed' || name === 'object';
  if (!isFrame && !(name === 'script' && attribs.src?.includes('//gist.github.com/'))) return undefined;
  for (const attribute of ADDRESSES) {
    const value = attribs[attribute]?.trim();
    if (!value || !URL.canParse(value, baseUrl)) continue;
    const player = new URL(value, baseUrl);
    if (player.protocol !== 'https:' && player.protocol !== 'http:') continue;
    for (const platform of PLATFORMS) {
      const page = platform.host.test(player.hostname) ? platform.page(player) : undefined;
      if (page) return { page, platform: platform.name };
    }
    const post = FEDIVERSE_POST.exec(player.pathname)?.[0];
    if (post) return { page: `https://${player.host}${post}`, platform: player.host };
  }
  return undefined;
}

function ofElement(name: string, attribs: Element['attribs']) {
  const element = ELEMENTS[name];
  const id = element?.attributes.map((attribute) => attribs[attribute]).find((value) => value !== undefined);
  return element && id !== undefined && element.id.test(id) ? { page: element.page(id), platform: element.platform } : undefined;
}

/**
 * A post that a script of its platform fills in: what stands in it until then may be nothing, or words without a link to the post.
 * @returns its address without what counts visitors; undefined for every other element.
 */
export function findPostUrl({ name, attribs }: Element): string | undefined {
  if (name !== 'blockquote' && name !== 'div') return undefined;
  for (const { attribute, host } of POSTS) {
    const value = attribs[attribute];
    if (value === undefined || !URL.canParse(value)) continue;
    // The same attribute is on buttons to like a page.
    if (attribute === 'data-href' && !/\bfb-(post|video)\b/.test(attribs.class ?? '')) continue;
    const { protocol, hostname, origin, pathname, searchParams } = new URL(value);
    if (protocol !== 'https:' || !host.test(hostname) || pathname === '/') continue;
    // Facebook's older addresses name the post in these.
    const kept = [...searchParams].filter(([key]) => /^(id|v|story_fbid|fbid)$/.test(key));
    return `${origin}${pathname}${kept.length > 0 ? `?${new URLSearchParams(kept)}` : ''}`;
  }
  return undefined;
}
