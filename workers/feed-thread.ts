import { readFeed } from '../src/feeds/read.js';
import { announceThread } from './thread-time.js';

announceThread();

/** Entry point of the feed thread: takes documents, returns feeds. */
export default readFeed;
