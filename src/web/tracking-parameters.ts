import { phrasesIn } from '../text/word-list.js';

/**
 * Query parameters that tell the publisher where a reader came from, and never select what is shown. Exact names in lower
 * case, grouped by who adds them (taken from their own documentation). Names that might select content (id, p, page, ref,
 * source, s, v…) are not on the list, and stay in the URL.
 */
const TRACKING = new Set(
  phrasesIn(`
    # Google Ads and Analytics
    gclid
    gclsrc
    dclid
    gbraid
    wbraid
    gad_source
    gad_campaignid
    _ga
    _gl
    srsltid
    # Meta
    fbclid
    fb_action_ids
    fb_action_types
    fb_source
    fb_ref
    igshid
    igsh
    # Microsoft
    msclkid
    # Yandex
    yclid
    ysclid
    # X
    twclid
    # TikTok
    ttclid
    # LinkedIn
    li_fat_id
    # Pinterest
    epik
    # Snapchat
    sccid
    # Reddit
    rdt_cid
    # Mailchimp
    mc_cid
    mc_eid
    # HubSpot
    _hsenc
    _hsmi
    __hssc
    __hstc
    __hsfp
    hsctatracking
    # Marketo
    mkt_tok
    # Klaviyo
    _kx
    # Vero
    vero_id
    vero_conv
    # Drip
    __s
    # Omeda
    oly_anon_id
    oly_enc_id
    # ActiveCampaign
    vgo_ee
    # Iterable
    iterablecampaignid
    # AT Internet
    xtor
    at_medium
    at_campaign
    at_link_origin
    # Webtrends, Webtrekk
    wt_mc
    wt_zmc
    wtrid
    # Adobe
    s_cid
    # comScore
    ns_mchannel
    ns_source
    ns_campaign
    ns_linkname
    ns_fee
    # Matomo
    pk_campaign
    pk_kwd
    # Publishers and platforms
    cmpid
    ito
    ocid
    ncid
    spm
    sr_share
    ref_src
    ref_url
    xtref
    smid
    cmp
    guccounter
    guce_referrer
    guce_referrer_sig
    taid
  `),
);

/** Prefixes of whole families of tracking parameters: Urchin and Google, Matomo, Piwik, HubSpot ads. */
const TRACKING_PREFIX = /^(utm_|mtm_|piwik_|matomo_|hsa_)/;

/** Session parameters of PHP, Java, ASP, ColdFusion and shop systems. They identify a visit, not a page. */
const SESSION = /^(phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|oscsid|zenid)$/;

/**
 * `sid` may be anything, and `session_id` may be a talk at a conference; only a value that looks long and random is a
 * session.
 */
const SESSION_VALUE = /^(?:(?:sid|s)=[0-9a-f]{24,}|session_?id=(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,})$/i;

/** Whether a `name=value` pair of a query serves tracking or a session, and so does not belong to a page's identity. */
export function isTrackingParameter(pair: string): boolean {
  const name = (pair.split('=')[0] ?? '').toLowerCase();
  return TRACKING.has(name) || TRACKING_PREFIX.test(name) || SESSION.test(name) || SESSION_VALUE.test(pair);
}
