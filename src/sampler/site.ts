/**
 * An invented news site, read on a newcomer's first start. Its texts contain the slots `{place}`, `{person}`, `{n}` and
 * `{m}`, filled per story.
 */
export interface Site {
  slug: string;
  title: string;
  tagline: string;
  language: string;
  direction: 'ltr' | 'rtl';
  /** The encoding label that the site declares. */
  charset: 'utf-8' | 'gbk' | 'shift_jis';
  format: 'rss' | 'rdf' | 'atom' | 'json';
  sections: readonly string[];
  places: readonly string[];
  people: readonly string[];
  headlines: readonly string[];
  /** Paragraphs of one or more sentences. A story consists of five of them. */
  paragraphs: readonly string[];
  /** Texts around the article, as on real sites. */
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
