/**
 * Version of the extractor: what it makes of a page. It is stored with each record, so that the records of older versions can be
 * extracted again (`feedmill reextract --older-extractor`). Raise it whenever the same page gives another record than before;
 * test/unit/articles/extractor-version.test.ts notices when the record of one of our own pages has changed.
 */
export const EXTRACTOR_VERSION = 1;
