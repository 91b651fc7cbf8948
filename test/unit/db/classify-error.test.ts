import { DrizzleQueryError } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { classifyError } from '../../../db/classify-error.js';

const withCode = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

it.each<[string, Error]>([
  ['connection failure', withCode('08006')],
  ['read-only transaction', withCode('25006')],
  ['in a failed transaction', withCode('25P02')],
  ['wrong password', withCode('28P01')],
  ['database dropped', withCode('3D000')],
  ['serialization failure', withCode('40001')],
  ['deadlock', withCode('40P01')],
  ['insufficient privilege', withCode('42501')],
  ['disk full', withCode('53100')],
  ['out of memory', withCode('53200')],
  ['too many connections', withCode('53300')],
  ['lock not available', withCode('55P03')],
  ['admin shutdown', withCode('57P01')],
  ['starting up', withCode('57P03')],
  ['I/O error', withCode('58030')],
  ['data corrupted', withCode('XX001')],
  ['connection refused', withCode('ECONNREFUSED')],
  ['connection reset', withCode('ECONNRESET')],
  ['broken pipe', withCode('EPIPE')],
  ['name not found', withCode('ENOTFOUND')],
  ['too many files', withCode('EMFILE')],
  ['pg: terminated', new Error('Connection terminated unexpectedly')],
  ['pg: terminated while connecting', new Error('Connection terminated due to connection timeout')],
  ['pg: broken client', new Error('Client has encountered a connection error and is not queryable')],
  ['pg: closed client', new Error('Client was closed and is not queryable')],
  ['pg-pool: no connection', new Error('timeout exceeded when trying to connect')],
  ['pg-pool: closed', new Error('Cannot use a pool after calling end on the pool')],
  ['wrapped by Drizzle', new DrizzleQueryError('select 1', [], withCode('53100'))],
])('is the environment’s: %s', (_, error) => {
  expect(classifyError(error)).toBe('environment');
});

it.each<[string, unknown]>([
  ['a statement that divides by zero', withCode('22012')],
  ['a text with a null character', withCode('22021')],
  ['a duplicate key', withCode('23505')],
  ['a missing column', withCode('42703')],
  ['an index row that is too large', withCode('54000')],
  ['an exception that SQL raises', withCode('P0001')],
  ['our own constraint, reported by a rollback', withCode('40002')],
  ['an error of a handler', new TypeError('x is not a function')],
  ['an error of Node about an argument', withCode('ERR_INVALID_ARG_TYPE')],
  ['wrapped by Drizzle', new DrizzleQueryError('select 1', [], withCode('23505'))],
  ['something that is no error', 'text'],
])('is our bug: %s', (_, error) => {
  expect(classifyError(error)).toBe('bug');
});

it('goes by the first cause that says something', () => {
  const first = new Error('the job failed', { cause: new DrizzleQueryError('x', [], withCode('23505')) });
  expect(classifyError(first)).toBe('bug');
});

it.each([
  ['a cancelled statement', '57014'],
  ['an internal error', 'XX000'],
])('calls the cause of %s unclear, since a document may be', (_, code) => {
  expect(classifyError(withCode(code))).toBe('unclear');
});
