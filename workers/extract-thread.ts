import { readArticle } from '../src/articles/read.js';

/** The extraction thread: pages in, records out, nothing else. */
export default readArticle;
