import { anyPhrase } from '../../../text/word-list.js';
import { compileClassWords } from '../../dom/class-words.js';

// Words that templates use in class names, ids and addresses. A class word is matched whole, between hyphens, underscores
// and spaces: `post-author` has the word `author`, `authority` does not.

/** Class words of elements that name the author. */
export const AUTHOR_CLASS_WORDS = anyPhrase(`
  author
  authors
  by-line
  byline
  bylines
  contributor
  creator
  journalist
  post-by
  posted-by
  reporter
  username
  writer
  written-by
  writtenby
  # hCard: the full name
  fn
  # de
  redakteur
  verfasser
  # de, es, pl, pt
  autor
  # fr
  auteur
  # it
  autore
`);

/** Class words of elements that show the date of publication. */
export const DATE_CLASS_WORDS = anyPhrase(`
  byline
  created
  date
  dateline
  dates
  datetime
  info
  meta
  posted
  postmeta
  pubdate
  publish
  published
  time
  timestamp
  # de
  datum
  erstellt
  veröffentlicht
  # es
  fecha
`);

/** Folders of a site that hold pages about its authors. */
export const AUTHOR_FOLDERS = anyPhrase(`
  author(s)
  author-bio
  by
  columnist(s)
  contributor(s)
  editor(s)
  journalist(s)
  people
  person
  producer(s)
  profile
  profiles
  reporter(s)
  staff
  team
  user
  users
  writer(s)
  # de
  autoren
  autorin
  personen
  profil
  redakteur
  redaktion
  verfasser
  # de, es, pt
  autor
  autores
  # fr
  auteur(s)
  journaliste(s)
  # it
  autori
  # nl
  redactie
  # sv
  skribenter
`);

/** Class words of the parts of a page that show other articles, its readers or the site itself. */
export const UNRELATED_CLASSES = compileClassWords(`
  card(s)
  carousel
  comment(s)
  disqus
  footer
  latest
  menu
  more-stories
  most-read
  nav
  navigation
  popular
  promo
  read-more
  recommend
  recommendation(s)
  recommended
  related
  replies
  reply
  sidebar
  similar
  slider
  teaser(s)
  ticker
  trackback(s)
  trending
  up-next
  upnext
  widget(s)
  # de
  kommentar
  kommentare
`);
