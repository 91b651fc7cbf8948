import { readArticle } from '../src/articles/read.js';

/** The article thread: pages in, records out, nothing else. */
export default readArticle;
