import { errorCode } from '../src/text/error-code.js';

/**
 * What caused an error. `environment`: a temporary problem of the database or the machine, after which the same work succeeds.
 * `bug`: our own statement or code is wrong, and the same work fails again. `unclear`: one or the other. A document can make
 * Postgres take too long, or meet a bug of Postgres.
 */
export type ErrorKind = 'environment' | 'bug' | 'unclear';

/**
 * SQLSTATE classes (PostgreSQL documentation, appendix A) that say nothing about the statement: connection exception, invalid
 * transaction state (read-only), invalid authorization, invalid catalog name, transaction rollback (deadlock, serialization),
 * insufficient resources (disk full, memory, connections), object not in prerequisite state (lock not available), operator
 * intervention (shutdown), system error, configuration file error, damaged data.
 */
const ENVIRONMENT_CLASSES: ReadonlySet<string> = new Set(['08', '25', '28', '3D', '40', '53', '55', '57', '58', 'F0', 'XX']);
/**
 * Exceptions to these classes. 42501, insufficient privilege: somebody has revoked rights.
 * 40002, integrity constraint violation: our statement breaks our own constraint. 57014, query cancelled: by a person, or by a
 * time limit. XX000, internal error: a bug of Postgres or an extension.
 */
const BY_SQLSTATE: Readonly<Record<string, ErrorKind>> = {
  '42501': 'environment',
  '40002': 'bug',
  '57014': 'unclear',
  XX000: 'unclear',
};

/** System error codes (errno, getaddrinfo) of failed connections, files and threads. */
const SYSTEM_CODES =
  /^E(CONN\w*|PIPE|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|NOTFOUND|AI_\w+|MFILE|NFILE|NOSPC|NOMEM|DQUOT|ROFS|IO)$/;
/** Threads that can't be started for lack of resources. */
const THREAD_CODES = /^ERR_WORKER_(INIT_FAILED|OUT_OF_MEMORY)$/;

/** Errors of pg and pg-pool that have no code. */
const DRIVER_MESSAGES: readonly RegExp[] = [
  /^Connection terminated/,
  /not queryable$/,
  /^timeout exceeded when trying to connect$/,
  /^timeout expired$/,
  /^Query read timeout$/,
  /^Cannot use a pool after calling end on the pool$/,
];

/** Classifies an error by the first code or message in its chain of causes that is conclusive. Without one, it is our own bug. */
export function classifyError(error: unknown): ErrorKind {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const kind = classifyAlone(cause);
    if (kind) return kind;
  }
  return 'bug';
}

/** SQLSTATEs of damaged data: of a table, of an index. */
const DAMAGE: ReadonlySet<string> = new Set(['XX001', 'XX002']);

/** Whether an error, or a cause of it, tells of damaged data, which may be that of a single row. */
export function isDamage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (DAMAGE.has(errorCode(cause))) return true;
  return false;
}

function classifyAlone(error: Error): ErrorKind | undefined {
  const code = errorCode(error);
  if (SYSTEM_CODES.test(code) || THREAD_CODES.test(code)) return 'environment';
  if (/^[0-9A-Z]{5}$/.test(code)) return BY_SQLSTATE[code] ?? (ENVIRONMENT_CLASSES.has(code.slice(0, 2)) ? 'environment' : 'bug');
  return DRIVER_MESSAGES.some((message) => message.test(error.message)) ? 'environment' : undefined;
}
