import { readArticle } from '../src/articles/read.js';

/** Entry point of the article thread: takes pages, returns records. */
export default readArticle;
