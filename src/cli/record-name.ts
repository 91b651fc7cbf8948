import type { RecordName } from '../export/record-filter.js';
import { UserError } from '../user-error.js';
import { normalizeUrl } from '../web/normalize-url.js';
import type { CliApp, Row } from './app.js';

/** Loads the record that the user named by its id or URL. @throws {UserError} when there is none */
export async function loadNamedRecord(app: Pick<CliApp, 'findRecord' | 'findRecordFailure'>, text: string): Promise<Row> {
  const name = parseRecordName(text);
  const record = await app.findRecord(name);
  if (record) return record;
  const failure = await app.findRecordFailure(name);
  throw new UserError(
    failure
      ? `There is no record of ${text}: ${failure} To see all failures: feedmill failures`
      : `There is no record ${text}. To find one: feedmill search WORDS, or feedmill records`,
  );
}

function parseRecordName(text: string): RecordName {
  if (/^\d{1,15}$/.test(text)) return { id: Number(text) };
  const url = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  return { urls: [text, normalizeUrl(url) ?? text] };
}
