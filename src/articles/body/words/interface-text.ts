/** Whole lines written by a page's software rather than its author: labels of adverts, players and buttons. */
export const INTERFACE_LINES = `
  # Adverts
  advertisement
  advertising
  ad
  sponsored
  sponsored content
  # ar
  إعلان
  # cs, pl
  reklama
  # da, fr, no
  annonce
  # da, no
  reklame
  # de
  anzeige
  werbung
  # es
  publicidad
  # fr
  publicité
  pub
  # it
  pubblicità
  # ja
  広告
  # pt
  publicidade
  # sv
  reklam
  # zh
  广告

  # Buttons
  close
  hide
  show
  show more
  show less
  watch
  watch now
  share
  print
  copy link
  save
  tweet
  email
  comment(s)
  reply
  view all
  view more
  view comments
  read more
  read full story
  read full article
  read next
  learn more
  see more
  more(:)
  more on this(:)
  more on this story(:)
  continue reading
  also read(:)
  newsletter
  back to top
  back to video
  follow a manual added link
  # de
  externen inhalt anzeigen

  # Labels
  caption
  table of contents
  contents
  article content
  key points
  related(:)
  related articles(:)
  related stories(:)
  related topics(:)
  related tags(:)
  related content(:)
  recommended
  recommended videos
  recommended for you
  recommended reading
  tag(s)(:)
  topic(s)(:)
  source(s)(:)
  story continues
  story continues below
  story continues advertisement
  story continues below advertisement
  # de
  inhalt
  inhaltsverzeichnis
  empfohlener redaktioneller inhalt
  quelle(n)(:)
  # fr
  article réservé aux abonnés
`;

/** Beginnings of such lines, matched as whole words, whatever follows. */
export const INTERFACE_OPENINGS = `
  skip past
  media playback is
  we apologize, but this video
  try refreshing your browser
  this video is
  this video isn't
  this video isn’t
  this video has
  this video hasn't
  this video hasn’t
  this video can
  this video cannot
  your browser does not
  please enable javascript
  register / sign in
  # de
  fehler gefunden?
  # fr
  il vous reste
`;

/** Such lines that hold a number or a name, matched as a whole. */
export const INTERFACE_PATTERNS = [
  /loading\W*/,
  /placeholder image\S*/,
  // A position among pictures: "Image 3 of 20", "3/20".
  /image \d+ of \d+/,
  /\d+ ?\/ ?\d+/,
  // Counts: "1,204 views".
  /[\d,.]+ (?:views?|shares?|comments?|likes?)/,
  /follow (?:us )?on .{1,60}/,
  /.{0,120} back to video/,
  // Reading time: "4 min read", "4 Min. Lesezeit", "Lecture 4 min".
  /\d+ ?(?:min(?:ute)?s?|min\.?) ?(?:read|lesezeit|de lecture|de lectura|di lettura)?/,
  /lecture \d+ min\.?/,
];
