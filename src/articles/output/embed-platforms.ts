import { canParseUrl } from '../../text/url.js';
/** A platform whose players can be embedded in other sites. */
export interface Platform {
  name: string;
  /** Host of the player. */
  host: RegExp;
  /** The URL of the page that shows the same as a player; undefined if the player's URL does not tell. */
  page(player: URL): string | undefined;
}

/** Builds the page's URL from the first group of a pattern that is matched against the player's path. */
const pageFromPath = (pattern: RegExp, page: (id: string, player: URL) => string) => (player: URL) => {
  const id = pattern.exec(player.pathname)?.[1];
  return id === undefined ? undefined : page(id, player);
};

/** Takes the page's URL from a query parameter, if it is an https URL of the given host. */
const pageFromParameter = (name: string, host: RegExp) => (player: URL) => {
  const given = player.searchParams.get(name) ?? '';
  if (!canParseUrl(given)) return undefined;
  const page = new URL(given);
  return page.protocol === 'https:' && host.test(page.hostname) ? page.href : undefined;
};

const firstMatch =
  (...ways: Platform['page'][]) =>
  (player: URL) =>
    ways.map((way) => way(player)).find((page) => page !== undefined);

const playerItself = (player: URL) => player.href;

/** The platforms whose players, posts and charts become links. Host and path are those of the platform's own embed code. */
export const PLATFORMS: readonly Platform[] = [
  {
    name: 'YouTube',
    host: /^(www\.|m\.)?youtube(-nocookie)?\.com$/,
    page: firstMatch(
      (player) => {
        const list = /^\/embed\/videoseries\/?$/.test(player.pathname) ? player.searchParams.get('list') : null;
        return list && /^[\w-]+$/.test(list) ? `https://www.youtube.com/playlist?list=${list}` : undefined;
      },
      pageFromPath(/^\/(?:embed|v)\/([\w-]{6,20})\/?$/, (id) => `https://www.youtube.com/watch?v=${id}`),
    ),
  },
  { name: 'Vimeo', host: /^player\.vimeo\.com$/, page: pageFromPath(/^\/video\/(\d+)/, (id) => `https://vimeo.com/${id}`) },
  {
    name: 'Dailymotion',
    host: /^(www|geo)\.dailymotion\.com$/,
    page: firstMatch(
      pageFromPath(/^\/embed\/video\/(\w+)/, (id) => `https://www.dailymotion.com/video/${id}`),
      ({ searchParams }) =>
        /^\w+$/.test(searchParams.get('video') ?? '')
          ? `https://www.dailymotion.com/video/${searchParams.get('video')}`
          : undefined,
    ),
  },
  {
    name: 'Spotify',
    host: /^open\.spotify\.com$/,
    page: pageFromPath(
      /^\/embed(?:-podcast)?\/((?:track|album|artist|playlist|episode|show)\/\w+)/,
      (id) => `https://open.spotify.com/${id}`,
    ),
  },
  { name: 'SoundCloud', host: /^w\.soundcloud\.com$/, page: pageFromParameter('url', /(^|\.)soundcloud\.com$/) },
  {
    name: 'Apple Podcasts',
    host: /^embed\.podcasts\.apple\.com$/,
    page: pageFromPath(/^(\/[\w%/.-]+)$/, (path, { search }) => `https://podcasts.apple.com${path}${search}`),
  },
  {
    name: 'Apple Music',
    host: /^embed\.music\.apple\.com$/,
    page: pageFromPath(/^(\/[\w%/.-]+)$/, (path) => `https://music.apple.com${path}`),
  },
  {
    name: 'Instagram',
    host: /^(www\.)?instagram\.com$/,
    page: pageFromPath(/^\/((?:p|reel|tv)\/[\w-]+)\/embed/, (id) => `https://www.instagram.com/${id}/`),
  },
  { name: 'Facebook', host: /^(www\.)?facebook\.com$/, page: pageFromParameter('href', /(^|\.)facebook\.com$/) },
  {
    name: 'X',
    host: /^platform\.(twitter|x)\.com$/,
    page: ({ searchParams }) =>
      /^\d+$/.test(searchParams.get('id') ?? '') ? `https://x.com/i/status/${searchParams.get('id')}` : undefined,
  },
  {
    name: 'TikTok',
    host: /^(www\.)?tiktok\.com$/,
    page: pageFromPath(/^\/(?:embed(?:\/v\d)?|player\/v1)\/(\d+)/, (id) => `https://www.tiktok.com/embed/v2/${id}`),
  },
  {
    name: 'Bluesky',
    host: /^embed\.bsky\.app$/,
    page: pageFromPath(
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
    page: pageFromPath(/^(\/(?:r|user)\/\w+\/comments\/[\w%/.-]+)$/, (path) => `https://www.reddit.com${path}`),
  },
  { name: 'Datawrapper', host: /^(datawrapper\.dwcdn\.net|www\.datawrapper\.de)$/, page: playerItself },
  {
    name: 'Flourish',
    host: /^flo\.uri\.sh$/,
    page: pageFromPath(/^\/((?:visualisation|story)\/\d+)\/embed/, (id) => `https://public.flourish.studio/${id}/`),
  },
  { name: 'Infogram', host: /^e\.infogram\.com$/, page: pageFromPath(/^\/([\w-]+)/, (id) => `https://infogram.com/${id}`) },
  { name: 'Giphy', host: /^giphy\.com$/, page: pageFromPath(/^\/embed\/(\w+)/, (id) => `https://giphy.com/gifs/${id}`) },
  {
    name: 'CodePen',
    host: /^codepen\.io$/,
    page: pageFromPath(
      /^\/([\w-]+\/embed\/(?:preview\/)?\w+)/,
      (id) => `https://codepen.io/${id.replace(/embed\/(preview\/)?/, 'pen/')}`,
    ),
  },
  {
    name: 'Internet Archive',
    host: /^archive\.org$/,
    page: pageFromPath(/^\/embed\/([\w.-]+)/, (id) => `https://archive.org/details/${id}`),
  },
  {
    name: 'TED',
    host: /^embed(-ssl)?\.ted\.com$/,
    page: pageFromPath(/^(\/talks\/[\w/-]+)/, (path) => `https://www.ted.com${path}`),
  },
  { name: 'DocumentCloud', host: /^(www|embed)\.documentcloud\.org$/, page: playerItself },
  { name: 'Bandcamp', host: /^bandcamp\.com$/, page: playerItself },
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
    page: pageFromPath(/^\/[es]\/(\w+)/, (id) => `https://share.transistor.fm/s/${id}`),
  },
  // Podcast hosts whose player URL does not tell which page shows the same: the link leads to the player.
  {
    name: 'Podcast',
    host: /^(embed\.acast\.com|player\.(simplecast|captivate)\.(com|fm)|playlist\.megaphone\.fm)$/,
    page: playerItself,
  },
  { name: 'Podcast', host: /^((html5-player|play)\.libsyn\.com|omny\.fm|embeds\.audioboom\.com)$/, page: playerItself },
  { name: 'Podcast', host: /^www\.(buzzsprout|podbean)\.com$/, page: playerItself },
  {
    name: 'GitHub Gist',
    host: /^gist\.github\.com$/,
    page: pageFromPath(/^\/((?:[\w-]+\/)?[0-9a-f]{20,40})\.js$/, (id) => `https://gist.github.com/${id}`),
  },
  { name: 'OpenStreetMap', host: /^www\.openstreetmap\.org$/, page: playerItself },
  {
    name: 'Google Maps',
    host: /^(www|maps)\.google\.[a-z.]{2,6}$/,
    page: (player) => (player.pathname.startsWith('/maps') ? player.href : undefined),
  },
];
