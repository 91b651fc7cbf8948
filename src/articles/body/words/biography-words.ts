/** Verbs that follow a name at the beginning of a biography: "Ada Example covers ...". */
export const BIOGRAPHY_VERBS = `
  is
  was
  has been
  has worked
  has written
  has served
  has covered
  covers
  writes
  reports
  works
  joined
  lives
  leads
  hosts
  serves
  # de
  ist
  war
  arbeitet
  schreibt
  # es
  es
  # fr
  est
`;

/** Professions, and verbs of journalists, that distinguish a biography from a sentence of the article. */
export const PROFESSIONS = `
  reporter
  editor
  writer
  correspondent
  columnist
  journalist
  author
  professor
  fellow
  founder
  cofounder
  producer
  contributor
  consultant
  researcher
  lecturer
  director
  analyst
  expert
  specialist
  blogger
  strategist
  manager
  covers
  writes
  # de
  redakteur
  redakteurin
  autor
  autorin
  korrespondent
  korrespondentin
  # es
  periodista
  # fr
  auteur
  auteure
`;
