import { anyPhrase } from '../../text/word-list.js';

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
