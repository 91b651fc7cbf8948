/** Small pages of our own, one a language, each with what surrounds articles: menu, cookies, related stories, comments. */
export interface Sample {
  language: string;
  title: string;
  paragraphs: string[];
}

export const SAMPLES: Sample[] = [
  {
    language: 'en',
    title: 'The old pier opens again',
    paragraphs: [
      'After three winters of work, the old pier was opened again on Sunday, and several hundred people walked to its end.',
      'The wood came from the forests behind the town, the iron from a bridge that was taken down, and the money from many.',
      'The harbour master said that the first ferry, a small one, would call on Thursday, if the wind allowed it.',
    ],
  },
  {
    language: 'de',
    title: 'Die alte Mühle mahlt wieder',
    paragraphs: [
      'Nach zwölf Jahren Stillstand dreht sich das Rad der alten Mühle wieder, und am Samstag wurde das erste Mehl gemahlen.',
      'Der Verein hatte Geld gesammelt, Balken ersetzt und einen Müller gefunden, der das Handwerk noch gelernt hat.',
      'Im Herbst soll es Führungen geben, sagte die Vorsitzende, und frisches Brot aus dem Ofen nebenan.',
    ],
  },
  {
    language: 'zh',
    title: '山谷图书馆重新开放',
    paragraphs: [
      '经过两年的修缮，山谷图书馆星期六重新开放，居民们一早就在门口排队，等待进入新的阅览室。',
      '馆长表示，藏书增加了一万册，其中有许多关于本地历史的书籍，儿童区也比从前大了一倍。',
      '图书馆今后每天开放到晚上九点，周末还将举办讲座、展览和朗读会，欢迎所有人参加。',
    ],
  },
  {
    language: 'ja',
    title: '港の灯台に再び明かり',
    paragraphs: [
      '長い修理を終えた港の灯台に、日曜日の夜、再び明かりがともり、集まった住民から拍手が起こった。',
      '灯台は百年前に建てられ、嵐で壊れてから三年間、暗いままだったが、寄付によって直された。',
      '市は来月から見学会を開く予定で、階段を上ると、湾と島々を一度に見渡すことができるという。',
    ],
  },
  {
    language: 'ar',
    title: 'السوق القديم يفتح أبوابه من جديد',
    paragraphs: [
      'بعد سنوات من الترميم، فتح السوق القديم أبوابه يوم الأحد، وجاء مئات السكان لزيارة الدكاكين التي عاد إليها أصحابها.',
      'وقال رئيس البلدية إن الحجارة القديمة بقيت في مكانها، وإن السقف الخشبي صنع على يد نجارين من المدينة نفسها.',
      'ومن المقرر أن يبقى السوق مفتوحا حتى المساء، وأن تقام فيه عروض للموسيقى، ومعارض للكتب، كل يوم جمعة.',
    ],
  },
];

export const pageOf = ({ language, title, paragraphs }: Sample): string => `<!doctype html>
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
