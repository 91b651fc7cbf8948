import { readFeed } from '../src/feeds/read.js';

/** Entry point of the feed thread: takes documents, returns feeds. */
export default readFeed;
