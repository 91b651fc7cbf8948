/** An invented news site: what a newcomer's first run reads. Slots `{place}`, `{person}`, `{n}` and `{m}` are filled per story. */
export interface Site {
  slug: string;
  title: string;
  tagline: string;
  language: string;
  direction: 'ltr' | 'rtl';
  /** An encoding label, as the site declares it. */
  charset: 'utf-8' | 'gbk' | 'shift_jis';
  format: 'rss' | 'rdf' | 'atom' | 'json';
  sections: readonly string[];
  places: readonly string[];
  people: readonly string[];
  headlines: readonly string[];
  /** One sentence or more each; a story has five of them. */
  paragraphs: readonly string[];
  /** The furniture around an article, as real sites have it. */
  words: {
    home: string;
    by: string;
    related: string;
    newsletter: string;
    share: string;
    comments: string;
    comment: string;
    cookies: string;
    accept: string;
    caption: string;
    rights: string;
  };
}
