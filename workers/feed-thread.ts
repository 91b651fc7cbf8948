import { announceThread } from './thread-time.js';

announceThread();

// Entry points of the feed thread, by the names that createReader is given.
export { readFeed, readIdentifiedFeed } from '../src/feeds/read.js';
