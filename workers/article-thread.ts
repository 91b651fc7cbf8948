import { readArticle } from '../src/articles/read.js';
import { announceThread } from './thread-time.js';

announceThread();

/** Entry point of the article thread: takes pages, returns records. */
export default readArticle;
