import { writeRecord } from '../src/export/write-record.js';
import { announceThread } from './thread-time.js';

announceThread();

/** Entry point of the export thread: takes records, returns their text. */
export default writeRecord;
