import { readFeed } from '../src/feeds/read.js';

/** The feed thread: documents in, feeds out, nothing else. */
export default readFeed;
