import { anyPhrase } from '../../../text/word-list.js';

// Words around dates, by purpose and language. The names of months are in src/text/dates/month-names.ts.

/** Words beside a date that is the last change rather than the publication; matched anywhere, so that stems are enough. */
export const UPDATED_WORDS = anyPhrase(`
  # en
  updat
  # en, fr, es
  modif
  # cs, sk
  obnov
  # de
  aktualis
  geändert
  # es, pt
  actualiz
  # fr
  mis à jour
  mise à jour
  # it
  aggiornat
  # ja, zh
  更新
  # ko
  수정
  # nl
  bijgewerkt
`);

/** Words that introduce a date after a name: "Ada Example, updated 3 March". */
export const DATE_INTRODUCTIONS = anyPhrase(`
  # en
  at
  in
  last modified
  last updated
  on
  posted
  published
  updated
  # de
  am
  um
  vom
  # es
  el
  # fr
  le
  # it
  il
`);

/** Units of a reading time or of an age: "3 min", "2 days". */
export const TIME_UNITS = anyPhrase(`
  day(s)
  hour(s)
  min
  mins
  minute(s)
  month(s)
  year(s)
`);
