/** Lines after which the article is over: headings of other stories, comments, the author's biography. Matched as a whole. */
export const END_LINES = `
  # Other stories
  related
  related article(s)
  related post(s)
  related stories
  related news
  related content
  related reading
  related links
  related topics
  recommended
  recommended for you
  recommended reading
  recommended articles
  recommended stories
  read next
  read more
  read also
  see also
  tag(s)
  topics
  # ar
  مواضيع ذات صلة
  اقرأ أيضا
  # de
  lesen sie auch
  ähnliche artikel
  ähnliche beiträge
  # es
  te puede interesar
  noticias relacionadas
  artículos relacionados
  # fr
  sur le même sujet
  sur le même thème
  à lire aussi
  article lié(s)
  articles lié(s)
  article similaire(s)
  articles similaire(s)
  # it
  potrebbe interessarti
  leggi anche
  articoli correlati
  # ja
  あわせて読みたい
  # ko
  관련기사
  관련 기사
  관련뉴스
  관련 뉴스
  # nl
  lees ook
  # no
  les også
  # pl
  czytaj też
  czytaj także
  czytaj również
  zobacz też
  zobacz także
  # pt
  leia também
  leia mais
  veja também
  # ru
  читайте также
  читайте ещё
  похожие
  # sv
  läs också
  läs mer
  # th
  ข่าวที่เกี่ยวข้อง
  # zh
  相关阅读
  相关新闻
  相关文章
  相关推荐
  相關閱讀
  相關新聞
  相關文章
  延伸阅读
  延伸閱讀
  推荐阅读

  # Comments
  comment(s)
  leave a reply
  leave a comment
  post a comment
  join the conversation
  join the discussion
  # de
  kommentar
  kommentare
  # es
  comentario(s)
  # fr
  commentaire(s)

  # The author
  about us
  about author
  about the author(s)
  author
  author bio
  # de
  über den autor

  # Newsletters
  newsletter
`;

/** Lines of the same kind that continue with other words. */
export const END_PATTERNS = [
  /more (?:from|on|stories|news|articles|in)\b.{0,40}/,
  /you (?:may|might) (?:also |be )?(?:also )?(?:like|enjoy|interested in).{0,20}/,
  /sign up.{0,60}/,
  /subscribe.{0,60}/,
  /get (?:our|the) .{0,40}newsletter/,
  // de
  /mehr zum thema.{0,40}/,
  /das könnte (?:sie|dich|ihnen).{0,30}/,
  // ja
  /関連(?:記事|リンク|ニュース).{0,10}/,
  // pt
  /você pode gostar.{0,10}/,
  /você também pode.{0,20}/,
];
