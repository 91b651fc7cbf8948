/** Openings of a line that points to another article, matched as whole words. */
export const POINTER_OPENINGS = `
  read
  see also
  see more
  watch
  listen
  related
  also
  more on
  more from
  more about
  more:
  recommended
  don't miss
  don’t miss
  you may like
  you may also like
  you might like
  you might also like
  check out
  click here
  join
  # ar
  اقرأ
  شاهد
  # da
  læs også
  # de
  mehr zum
  mehr dazu
  mehr zu
  mehr auf
  mehr über
  lesen sie
  lesetipp
  siehe auch
  auch interessant
  das könnte
  weiterlesen
  # es
  lea también
  lee también
  ver más
  te puede
  le puede
  # fr
  lire aussi
  lire la suite
  à lire
  voir aussi
  # it
  leggi anche
  # nl
  lees ook
  # no
  les også
  # pl
  czytaj
  zobacz
  przeczytaj
  # pt
  leia também
  leia mais
  # ru
  читайте
  смотрите
  # sv
  läs också
  läs mer
  läs även
  # tr
  okuyun
  # zu
  funda
`;

/** The same where words are not separated by spaces, or a suffix may follow: matched as the beginning of a word. */
export const POINTER_PREFIXES = `
  # ar
  مواضيع ذات صلة
  # hi
  आगे
  # ja
  関連
  あわせて
  もっと
  # ko
  관련기사
  관련 기사
  관련뉴스
  관련 뉴스
  함께 읽
  함께 볼
  # th
  ข่าวที่เกี่ยวข้อง
  อ่านเพิ่ม
  อ่านต่อ
  # zh
  相关
  相關
  延伸
  推荐
  推薦
  更多
`;
