import { writeRecord } from '../src/export/write-record.js';

/** Entry point of the export thread: takes records, returns their text. */
export default writeRecord;
