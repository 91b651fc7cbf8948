import { maskPassword } from '../db/client.js';
import { NewerSchemaError } from '../db/migrate.js';
import { SchemaLockedError } from '../db/migration-lock.js';
import { errorCode } from '../src/text/error-code.js';
import { UserError } from '../src/user-error.js';

/** Turns an error of a Postgres that we can't use into a `UserError` that says why. Other errors are returned unchanged. */
export function explainDatabaseError(error: unknown, url: string): unknown {
  if (error instanceof NewerSchemaError || error instanceof SchemaLockedError)
    return new UserError(error.message, 1, { cause: error });
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const inner = error.cause instanceof Error ? error.cause : error;
  const text = describeCode(errorCode(inner), url, inner.message);
  if (text) return new UserError(`${text}\n(DATABASE_URL is ${maskPassword(url)})`, 1, { cause: error });
  if (/timeout|terminated/i.test(inner.message))
    return new UserError(`Postgres at ${new URL(url).host} does not answer: ${inner.message}`, 1, { cause: error });
  return error;
}

/** What an error code of the system or of Postgres (SQLSTATE) means; undefined for a code that we don't expect. */
function describeCode(code: string, url: string, message: string): string | undefined {
  const { host, hostname, port, pathname, username } = new URL(url);
  const database = pathname.slice(1);
  const server = [`--host=${hostname}`, ...(port ? [`--port=${port}`] : []), ...(username ? [`--username=${username}`] : [])];
  const texts: Record<string, string> = {
    ECONNREFUSED: `No Postgres answers at ${host}. Is it running?`,
    ENOTFOUND: `The host ${host} does not exist. Is DATABASE_URL correct?`,
    EAI_AGAIN: `The host name ${host} could not be looked up. Is DATABASE_URL correct?`,
    ETIMEDOUT: `Postgres at ${host} does not answer.`,
    ECONNRESET: `Postgres at ${host} closed the connection.`,
    '3D000': `There is no database "${database}" at ${host}. Create it first: createdb ${server.join(' ')} ${database}`,
    '53300': `Postgres at ${host} has no free connection: ${message}. Stop what you do not need, lower DATABASE_CONNECTIONS in every process, or raise the limit.`,
    '28P01': `Postgres at ${host} rejects the password of user "${username}".`,
    '28000': `Postgres at ${host} does not allow user "${username}" to connect.`,
    '57P03': `Postgres at ${host} is starting up. Try again in a moment.`,
    '42501': `User "${username}" may not create schemas in this database: ${message}`,
  };
  return texts[code];
}
