import { compileClassWords } from '../../dom/class-words.js';

/** Class and id words of what surrounds an article: menus, adverts, comments, other stories. */
export const CLUTTER_CLASSES = compileClassWords(`
  # Navigation
  nav
  navbar
  navigation
  menu
  breadcrumb(s)
  sidebar
  aside
  footer
  masthead
  toolbar
  skip-link
  dropdown
  flyout
  toc
  table-of-contents
  pagination
  pager
  next-article
  prev-next

  # Sharing
  share
  sharing
  social
  sharebar
  sharedaddy
  sharethis
  addtoany
  print
  # fr
  partager

  # Other stories
  related
  recommend
  recommended
  recommendations
  more-stories
  read-more
  readmore
  read-next
  up-next
  see-also
  also-like
  most-read
  popular
  trending
  recirc
  recirculation
  outbrain
  taboola
  jp-relatedposts
  yarpp
  wp-block-latest-posts
  playlist
  # de
  verwandt
  mehr-zum-thema
  # es, pt
  relacionada(s)
  relacionado(s)

  # Adverts, subscriptions, sign-in
  promo
  advert
  advertisement
  ad(s)
  sponsor
  sponsored
  outstream
  inread
  newsletter
  subscribe
  subscription
  signup
  sign-in
  signin
  log-in
  login
  register
  registration
  regwall
  identity
  capping
  piano
  upsell
  donate
  donation
  cta
  call-to-action
  # de
  werbung
  abo
  # es
  publicidad

  # Comments
  comment(s)
  disqus
  rating-bar
  # de
  kommentar
  kommentare
  # es
  comentario(s)
  # fr
  commentaire(s)

  # Cookie notices and other windows over the page
  cookie(s)
  consent
  gdpr
  banner
  popup
  popover
  modal
  overlay
  rollover
  tooltip

  # About the article, but not part of it
  tag(s)
  topics
  byline
  dateline
  timestamp
  author-box
  bio
  credit(s)
  copyright
  kicker
  eyebrow
  key-points
  keypoints
  fact-box
  factbox

  # Hidden
  hidden
  sr-only
  screen-reader-text

  # Players
  video-player
  videoplayer
  audio-player
  audioplayer
  media-player
  mediaplayer
  video-js
  vjs
  jwplayer
  plyr
  mejs
`);

/** Words that hold the beginning of the article as often as other stories: clutter only where much of the text is links. */
export const AMBIGUOUS_CLASSES = compileClassWords(`
  teaser(s)
  paywall
  wall
  card(s)
  featured
  highlight(s)
`);

/**
 * Quotations from social networks and highlighted source code. Their classes contain words of sharing ("social-embed"), but
 * they belong to the article.
 */
export const EMBED_CLASSES = compileClassWords(`
  # Posts of social networks
  embed(s)
  embedded
  tweet
  instagram-media
  fb-post

  # Source code
  hljs
  token
  highlight
  prism
`);
