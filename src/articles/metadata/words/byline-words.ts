import { anyPhrase } from '../../../text/word-list.js';

// The words of bylines, by purpose and language; byline.ts reads names with them. To teach Feedmill another language, add its
// word for "by" to BY_WORDS, its word for "author" to AUTHOR_LABELS and its word for "and" to NAME_JOINERS.

/**
 * Labels that announce the author. They rarely begin a sentence, so a line that begins with one and a colon counts as a byline
 * even far from the headline.
 */
export const AUTHOR_LABELS = anyPhrase(`
  # en
  author
  written by
  # de
  autor(in)
  # es, pt
  autora
  # fr
  auteur(e)
  # it
  autore
  # ja
  著者
  記者
  # ko
  글
  # zh
  作者
  记者
`);

/** Words for "by". A short line that begins with one counts as a byline close to the headline. */
export const BY_WORDS = anyPhrase(`
  # en
  by
  # ar
  بقلم
  # da
  af
  # de
  von
  # en, de, da, sv
  text
  # es, pt
  por
  # fr
  par
  # it
  di
  # nl
  door
  # sv, no
  av
  # th
  โดย
  เขียนโดย
  # zh
  责任编辑
  # zh, ja
  文
`);

/** Words that show that a line is a byline, but that are not removed before the name. */
export const BYLINE_MARKERS = anyPhrase(`
  # zh: editor
  编辑
`);

/** Words that are removed before a name, but that do not show by themselves that a line is a byline. */
export const CREDIT_LABELS = anyPhrase(`
  # en
  with
  authors
  contributor
  reporter
  words
  writer
  # ar
  كتب
  كتبت
  # bg, ru
  от
  автор
  # da, no
  forfatter
  # de
  foto
  journalist(in)
  mit
  quelle
  redakteur(in)
  vom
  # es, pt
  texto
  # fr
  avec
  texte
  # it
  da
  testo
  # ja
  編集
  責任編集
  責編
  # ko
  기자
  # pl
  przez
  # pl, no
  tekst
  # ru
  текст
  # th
  ผู้เขียน
  # zh
  来源
`);

/** What may stand before the word for "by": "Photos by …", "Ein Kommentar von …". */
export const BEFORE_BY = anyPhrase(`
  # en
  analysis
  article
  column
  interview
  opinion
  photo(s)
  posted
  published
  reported
  story
  text
  words
  written
  # da, no
  skrevet
  # de
  artikel
  beitrag
  eingestellt
  erstellt
  geschrieben
  (ein) bericht
  (ein) essay
  (ein) gastbeitrag
  (ein) gespräch
  (ein) interview
  (ein) kommentar
  verfasst
  # es
  escrito
  publicado
  # fr
  écrit
  publié
  # it
  scritto
  # nl
  geplaatst
  # pl
  opublikował
  # sv
  skriven
`);

/** Words that join the names of several authors. */
export const NAME_JOINERS = anyPhrase(`
  # en
  and
  with
  # ar
  و
  # da, no
  og
  # de
  mit
  und
  # el
  και
  # es
  y
  # fr
  avec
  et
  # it, pt
  e
  # nl
  en
  # pl
  i
  # ru
  и
  # sv
  och
`);

/** Lower-case words within a name. */
export const NAME_PARTICLES = anyPhrase(`
  # ar
  al
  ben
  bin
  ibn
  # ca, es
  el
  y
  # da, sv
  af
  av
  # de
  den
  der
  vom
  von
  zu
  zum
  zur
  # es, fr, it, pt
  da
  das
  de
  del
  della
  des
  di
  dis
  do
  dos
  du
  dus
  e
  la
  le
  # nl
  ten
  ter
  van
`);

/** Words in the label of a social network's card (`twitter:label1`) whose value is the author; they match anywhere in it. */
export const CARD_AUTHOR_LABELS = anyPhrase(`
  # en
  author
  written
  # da, no, sv
  skriv
  # de
  geschrieben
  verfasst
  # de, es, pl, pt
  autor
  # es, pt
  escrito
  # fr
  auteur
  écrit
  # it
  scritto
  # ja
  執筆
  # nl
  geschreven
  # ru
  автор
  # tr
  yaz
  # zh
  作者
`);
