/** Texts for small pages, one per language. The pages have what surrounds articles: menu, cookies, related stories, comments. */
export interface Sample {
  language: string;
  title: string;
  /** Heading over links to other stories. */
  more: string;
  paragraphs: string[];
}

export const SAMPLES: Sample[] = [
  {
    language: 'en',
    more: 'Related stories',
    title: 'The old pier opens again',
    paragraphs: [
      'After three winters of work, the old pier was opened again on Sunday, and several hundred people walked to its end.',
      'The wood came from the forests behind the town, the iron from a bridge that was taken down, and the money from many.',
      'The harbour master said that the first ferry, a small one, would call on Thursday, if the wind allowed it.',
    ],
  },
  {
    language: 'de',
    more: 'Mehr zum Thema',
    title: 'Die alte Mühle mahlt wieder',
    paragraphs: [
      'Nach zwölf Jahren Stillstand dreht sich das Rad der alten Mühle wieder, und am Samstag wurde das erste Mehl gemahlen.',
      'Der Verein hatte Geld gesammelt, Balken ersetzt und einen Müller gefunden, der das Handwerk noch gelernt hat.',
      'Im Herbst soll es Führungen geben, sagte die Vorsitzende, und frisches Brot aus dem Ofen nebenan.',
    ],
  },
  {
    language: 'zh',
    more: '相关阅读',
    title: '山谷图书馆重新开放',
    paragraphs: [
      '经过两年的修缮，山谷图书馆星期六重新开放，居民们一早就在门口排队，等待进入新的阅览室。',
      '馆长表示，藏书增加了一万册，其中有许多关于本地历史的书籍，儿童区也比从前大了一倍。',
      '图书馆今后每天开放到晚上九点，周末还将举办讲座、展览和朗读会，欢迎所有人参加。',
    ],
  },
  {
    language: 'ja',
    more: '関連記事',
    title: '港の灯台に再び明かり',
    paragraphs: [
      '長い修理を終えた港の灯台に、日曜日の夜、再び明かりがともり、集まった住民から拍手が起こった。',
      '灯台は百年前に建てられ、嵐で壊れてから三年間、暗いままだったが、寄付によって直された。',
      '市は来月から見学会を開く予定で、階段を上ると、湾と島々を一度に見渡すことができるという。',
    ],
  },
  {
    language: 'ar',
    more: 'مواضيع ذات صلة',
    title: 'السوق القديم يفتح أبوابه من جديد',
    paragraphs: [
      'بعد سنوات من الترميم، فتح السوق القديم أبوابه يوم الأحد، وجاء مئات السكان لزيارة الدكاكين التي عاد إليها أصحابها.',
      'وقال رئيس البلدية إن الحجارة القديمة بقيت في مكانها، وإن السقف الخشبي صنع على يد نجارين من المدينة نفسها.',
      'ومن المقرر أن يبقى السوق مفتوحا حتى المساء، وأن تقام فيه عروض للموسيقى، ومعارض للكتب، كل يوم جمعة.',
    ],
  },
  {
    language: 'fr',
    more: 'À lire aussi',
    title: 'Le vieux phare rallumé après trois ans',
    paragraphs: [
      'Le vieux phare du port a été rallumé dimanche soir, trois ans après la tempête qui avait brisé sa lanterne et fermé la jetée.',
      'Les pièces ont été refaites à la main, dans un atelier de la vallée, par deux frères qui n’avaient jamais vu la mer d’aussi près.',
      'La mairie promet des visites dès le mois prochain, et une salle, au pied de la tour, pour raconter la vie des anciens gardiens.',
    ],
  },
  {
    language: 'es',
    more: 'Te puede interesar',
    title: 'El mercado del río vuelve a abrir',
    paragraphs: [
      'El mercado del río volvió a abrir el sábado, después de dos años de obras, y los primeros vecinos llegaron antes del amanecer.',
      'Los puestos son los mismos de siempre, pero el techo es nuevo, de madera clara, y deja pasar la luz sin que entre la lluvia.',
      'La alcaldesa dijo que el próximo paso será el puente, cerrado desde la crecida, y que las cuentas, por una vez, salen bien.',
    ],
  },
  {
    language: 'ru',
    more: 'Читайте также',
    title: 'Старая мельница снова мелет',
    paragraphs: [
      'Старая мельница за рекой снова мелет муку, и в субботу, впервые за двенадцать лет, возле неё собралась вся деревня.',
      'Колесо починили плотники из соседнего города, жернова нашли в сарае, а деньги, как говорят, собирали всем миром.',
      'Осенью здесь обещают печь хлеб, водить школьников и рассказывать, как жили мельники, когда дороги ещё не было.',
    ],
  },
  {
    language: 'ko',
    more: '관련 기사',
    title: '오래된 등대에 다시 불이 켜졌다',
    paragraphs: [
      '긴 수리를 마친 항구의 등대에 일요일 밤 다시 불이 켜졌고, 모여든 주민들은 박수를 치며 오래도록 자리를 떠나지 않았다.',
      '등대는 백 년 전에 세워졌으며, 폭풍으로 부서진 뒤 삼 년 동안 꺼져 있었지만, 주민들의 기부로 마침내 고칠 수 있었다.',
      '시는 다음 달부터 견학을 받을 계획이며, 계단을 오르면 만과 섬들을 한눈에 볼 수 있다고 관계자는 설명했다.',
    ],
  },
  {
    language: 'th',
    more: 'ข่าวที่เกี่ยวข้อง',
    title: 'ตลาดริมน้ำเปิดอีกครั้ง',
    paragraphs: [
      'ตลาดริมน้ำเก่าแก่ของเมืองเปิดอีกครั้งเมื่อวันเสาร์ หลังจากปิดซ่อมแซมนานสองปี ชาวบ้านหลายร้อยคนมารอตั้งแต่เช้ามืด',
      'หลังคาใหม่ทำจากไม้ที่ปลูกในหุบเขาใกล้เคียง ส่วนร้านค้ายังคงเป็นเจ้าเดิม ซึ่งขายปลา ผลไม้ และขนมมาหลายชั่วอายุคน',
      'นายกเทศมนตรีกล่าวว่า ขั้นต่อไปคือการซ่อมสะพานที่ปิดมาตั้งแต่น้ำท่วม และจะจัดงานดนตรีทุกเย็นวันศุกร์ตลอดฤดูหนาว',
    ],
  },
];

/**
 * A page like those of broadcasters: a cover image with a caption, a share bar, boxes of related stories between the
 * paragraphs, empty paragraphs of no-break spaces, a player, and tags at the end.
 */
export const writeBroadcasterPage = ({ language, title, more, paragraphs }: Sample): string => `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${title} - Example News</title><meta property="og:site_name" content="Example News">
<meta property="og:image" content="https://news.example/cover.jpg"></head><body class="page page--article">
<header class="header"><a class="header__logo" href="/">Example News</a><div class="header__nav"><a href="/a">ONE</a> <a href="/b">TWO</a> <a href="/c">THREE</a></div></header>
<div class="layout"><div class="content-main"><h1 class="content-title">${title}</h1>
<div class="content-info"><span class="content-date">2026-03-01 09:30</span> <span class="content-source">Example News</span></div>
<div class="share-bar"><span>SHARE</span><a href="#w">ONE</a><a href="#x">TWO</a></div>
<div class="cover"><img src="https://news.example/cover.jpg" alt=""><div class="cover-caption">COVER CAPTION, seen from the hill</div></div>
<div class="content-text">
<p>&nbsp;</p>
${paragraphs
  .map(
    (paragraph, i) => `<p>${paragraph}</p>
<p>&nbsp;</p>
${
  i === 0
    ? `<div class="related-box"><h4>${more}</h4><ul><li><a href="/r1">RELATED ONE, a headline of some length</a></li><li><a href="/r2">RELATED TWO, a headline of some length</a></li></ul></div>
<figure class="image"><img data-src="/inner.jpg" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><figcaption>INNER CAPTION</figcaption></figure>`
    : i === 1
      ? `<div class="video-player"><button>PLAY</button><div class="player-message">PLAYER, your browser does not support it</div></div>
<p><strong>${more}:</strong> <a href="/r3">RELATED THREE, a headline of some length</a></p>`
      : ''
}`,
  )
  .join('\n')}
</div>
<div class="tags"><a href="/t1">TAG</a><a href="/t2">TAG</a></div>
<div class="recommend"><h3>${more}</h3><a href="/r4"><p>RELATED FOUR, a headline of some length, with a teaser below it that goes on for a while</p></a></div>
</div><aside class="rail"><h3>POPULAR</h3><ol><li><a href="/p">POPULAR story</a></li></ol></aside></div>
<footer>FOOTER</footer></body></html>`;

/** A page with the usual parts around the article. */
export const writePage = ({ language, title, paragraphs }: Sample): string => `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${title} | The Example</title><meta property="og:site_name" content="The Example"></head>
<body class="with-sidebar">
<nav><ul>${'<li><a href="/s">MENU</a></li>'.repeat(8)}</ul></nav>
<div class="cookie-banner"><p>COOKIES, we use many of them, and so do our partners, of whom there are several hundred.</p><button>OK</button></div>
<main><article><h1>${title}</h1>
<div class="share"><a href="/x">SHARE</a></div>
<div class="story-body">
${paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n<figure><img src="/p.jpg" onerror="x()"><figcaption>CAPTION</figcaption></figure>\n')}
</div></article>
<section class="related"><h3>RELATED</h3><ul>${'<li><a href="/o">RELATED story with a long headline</a></li>'.repeat(5)}</ul></section>
<div id="comments">${'<p>COMMENT: I was there, too, and I liked it, and so did my dog, who is old, and very kind.</p>'.repeat(6)}</div>
</main><footer><p>FOOTER, all rights reserved, by all who have them.</p></footer></body></html>`;
