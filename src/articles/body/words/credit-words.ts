/** Openings of a picture credit, before a colon, © or bracket: "Photo credit: Ada Example". A plural in -s matches too. */
export const PICTURE_LABELS = `
  photo
  photograph
  image
  picture
  video
  illustration
  credit
  # de
  bild
  bilder
  foto
  # es
  imagen
  # fr
  crédit
  # pt
  imagem
`;

/** Agencies and words that open a credit in brackets: "(AP Photo/Ada Example)". */
export const BRACKETED_CREDITS = `
  ap photo
  ap
  afp
  reuters
  getty
  photo
  image
  credit
  foto
  ©
`;

/** Picture agencies that end a credit: "Ada Example / Getty Images". */
export const PICTURE_AGENCIES = `
  getty images
  shutterstock
  istock
  alamy
  imago
  ap photo
  unsplash
  pexels
  /reuters
  /afp
  /ap
  /dpa
`;

/** News agencies that are named alone at the end of a text: "(dpa)". */
export const NEWS_AGENCIES = `
  afp
  ani
  ansa
  ap
  apa
  dpa
  efe
  pti
  reuters
  sid
`;

/** Labels of a line that names the source, before a colon. */
export const SOURCE_LABELS = `
  source
  # da, no
  kilde
  kilden
  # de
  quelle
  quellen
  # es
  fuente
  # it, pt
  fonte
  # ja
  出典
  # nl
  bron
  # sv
  källa
  källan
  # zh
  来源
`;

/** Phrases after an article, or their beginnings: who helped, how to reach the author, where it appeared, who has the rights. */
export const CONTRIBUTION_PHRASES = `
  # Who helped
  contributed to this report
  contributed to this story
  contributed to this article
  contributed to this piece
  with files from
  with reports from
  with reporting from
  with input from
  with contribution from
  with contributions from
  # de
  mitarbeit
  mit material von

  # How to reach the author
  can be reached at
  can be reached on
  can be reached by
  can be reached via
  may be reached at
  may be reached on
  may be reached by
  may be reached via
  email him at
  email her at
  email them at
  email me at
  emailed him at
  emailed her at
  emailed them at
  emailed me at
  have a tip?
  # de
  auf twitter folgen

  # Where it appeared first
  first published
  first appeared
  first posted
  originally published
  originally appeared
  originally posted
  this story originally
  this story first
  this article originally
  this article first
  this post originally
  this post first
  this report originally
  this report first

  # Rights
  all rights reserved
  copyright
  ©
`;

/** Such phrases that hold a name or end with a short word. */
export const CONTRIBUTION_PATTERNS = [
  /(?:reporting|writing|editing|compiled|edited) by\b/,
  /reach (?:him|her|them|me)\b/,
  /follow (?:him|her|them|me|@?\w+(?: \w+)?) (?:on|at|@)/,
  /published (?:on|in) .{2,40}$/,
];
