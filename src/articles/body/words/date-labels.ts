/** Openings of a line that says when the article was published or updated. */
export const DATE_LABELS = `
  published
  first published
  updated
  last updated
  last modified
  posted
  # de
  veröffentlicht
  aktualisiert
  publiziert
  erstellt
  stand:
  stand :
  # es
  actualizado
  # es, pt
  publicado
  # fr
  publié
  mis à jour
  # it
  pubblicato
  aggiornato
  # ja
  公開
  # ja, zh
  更新
  # nl
  gepubliceerd
  # pl
  opublikowano
  # pt
  atualizado
  # ru
  опубликовано
  # tr
  yayınlan
  # zh
  发布
`;
