/** Longest URL that we keep: what browsers and servers agree on, and a unique index of Postgres can hold. */
const MAX_URL_LENGTH = 2_000;

/**
 * Parameters that tell the publisher who came from where, and never what to show. Exact names, in lower case, by who adds them
 * (their own documentation); what might select content (id, p, page, ref, source, s, v…) is not here, and stays.
 */
const TRACKING = new Set(
  [
    // Google Ads and Analytics
    'gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid _ga _gl srsltid',
    // Meta, Microsoft, Yandex, X, TikTok, LinkedIn, Pinterest, Snapchat, Reddit
    'fbclid fb_action_ids fb_action_types fb_source fb_ref msclkid yclid ysclid twclid ttclid li_fat_id epik sccid rdt_cid igshid igsh',
    // Mail and marketing: Mailchimp, HubSpot, Marketo, Klaviyo, Vero, Drip, Omeda, ActiveCampaign, Iterable
    'mc_cid mc_eid _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok _kx vero_id vero_conv __s oly_anon_id oly_enc_id vgo_ee iterablecampaignid',
    // Web analytics: AT Internet, Webtrends, Webtrekk, Adobe, comScore, Piano, Matomo
    'xtor at_medium at_campaign at_link_origin wt_mc wt_zmc wtrid s_cid ns_mchannel ns_source ns_campaign ns_linkname ns_fee pk_campaign pk_kwd',
    // Publishers and platforms
    'cmpid ito ocid ncid spm sr_share ref_src ref_url xtref smid cmp guccounter guce_referrer guce_referrer_sig taid',
  ].flatMap((names) => names.split(' ')),
);
/** Families of such names: Urchin and Google, Matomo, Piwik, HubSpot ads. */
const TRACKING_PREFIX = /^(utm_|mtm_|piwik_|matomo_|hsa_)/;
/** Names of a visit, not of a page: of PHP, Java, ASP, ColdFusion and shop systems. */
const SESSION = /^(phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|oscsid|zenid)$/;
/** `sid` may be anything, `session_id` a talk at a conference; what looks like a long random number is a visit. */
const SESSION_SID = /^(?:(?:sid|s)=[0-9a-f]{24,}|session_?id=(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,})$/i;
/** Java servers put the session into the path (Servlet specification §7.1.3). */
const PATH_SESSION = /;(jsessionid|phpsessid)=[^/?#;]*/gi;

/**
 * One spelling per page, which is its identity: absolute, http(s); host in lower case and without a final dot, no default port (WHATWG
 * URL); no credentials; no fragment (but `#!`, which is an address); percent-encodings in capitals, and of unreserved
 * characters undone (RFC 3986 §6.2.2); no session and no tracking parameters. The rest stays: order and case of parameters, slashes,
 * `index.html`, http beside https, mobile and AMP hosts, since only the page itself can say that two of those are one.
 * Idempotent. Undefined for what is no page's address, or longer than an index can hold.
 */
export function normalizeUrl(url: string, base?: string): string | undefined {
  const text = url.trim();
  if (text.length === 0 || text.length > MAX_URL_LENGTH * 2 || !URL.canParse(text, base)) return undefined;
  const parsed = new URL(text, base);
  if (!/^https?:$/.test(parsed.protocol) || parsed.hostname === '') return undefined;
  parsed.username = '';
  parsed.password = '';
  if (!parsed.hash.startsWith('#!')) parsed.hash = '';
  parsed.hostname = parsed.hostname.replace(/\.+$/, '');
  parsed.pathname = normalEscapes(parsed.pathname).replace(PATH_SESSION, '');
  // Filtered as text: URLSearchParams would write the other parameters anew, and some servers care how.
  const pairs = parsed.search
    .slice(1)
    .split('&')
    .map(normalEscapes)
    .filter((pair) => pair !== '' && !isNoise(pair));
  // With its mark, since the setter would take another one for it.
  parsed.search = pairs.length > 0 ? `?${pairs.join('&')}` : '';
  return parsed.href.length > MAX_URL_LENGTH ? undefined : parsed.href;
}

function isNoise(pair: string): boolean {
  const name = (pair.split('=')[0] ?? '').toLowerCase();
  return TRACKING.has(name) || TRACKING_PREFIX.test(name) || SESSION.test(name) || SESSION_SID.test(pair);
}

/**
 * RFC 3986 §6.2.2.1, §6.2.2.2. Dots stay escaped: undone, they could make a path segment that means another path. So does what
 * follows a `%` or `%a` that escapes nothing: undone, the two could make a new escape.
 */
const normalEscapes = (text: string): string =>
  text.replace(/(?<!%[0-9a-f]?)%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[A-Za-z0-9_~-]/.test(character) ? character : escaped.toUpperCase();
  });
