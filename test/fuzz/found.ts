import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type FuzzDocument, KINDS } from './documents.js';

/** Where found cases are kept. A unit test reads all of them. */
export const FOUND = fileURLToPath(new URL('./found/', import.meta.url));

/** Longer documents are kept compressed, in bytes: most are one piece, many times. */
const MAX_PLAIN = 20_000;

/** A document that our readers once had a problem with. */
export interface FoundCase {
  name: string;
  document: FuzzDocument;
}

/** Writes a case into a file: a head with what is known of it, an empty line, and the document. @returns the file's name */
export function writeFound(folder: string, document: FuzzDocument, problem: string, seed: number): string {
  mkdirSync(folder, { recursive: true });
  const { kind, contentType, url, body } = document;
  const isLong = body.length > MAX_PLAIN;
  const head = {
    kind,
    url,
    'content-type': contentType,
    found: `seed ${seed}: ${problem}`,
    ...(isLong && { coding: 'gzip' }),
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value.replace(/\s+/g, ' ')}\n`);
  const name = `${toFileName(problem)}-${seed}.txt`;
  writeFileSync(join(folder, name), Buffer.concat([Buffer.from(`${lines.join('')}\n`), isLong ? gzipSync(body) : body]));
  return name;
}

const toFileName = (problem: string): string => toKind(problem).toLowerCase().replaceAll(' ', '-');

/**
 * What kind of problem a description is about, without its particulars: two documents with problems of one kind most likely meet
 * one bug.
 */
export const toKind = (problem: string): string =>
  problem
    .replace(/ at .*/s, '')
    .replace(/"[^"]*"?/g, '')
    .replace(/[^a-z]+/gi, ' ')
    .trim()
    .slice(0, 60)
    .trim();

/** Reads all cases of a folder, in the order of their names. */
export const listFound = (folder: string): FoundCase[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => ({ name, document: parseFound(readFileSync(join(folder, name))) }));

/** @throws if the file is not a case */
function parseFound(file: Buffer): FuzzDocument {
  const end = file.indexOf('\n\n');
  const head = new Map(
    file
      .subarray(0, end)
      .toString()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const kind = KINDS.find((one) => one === head.get('kind'));
  if (end < 0 || !kind) throw new Error('the file of a found case has no head that says its kind');
  const body = file.subarray(end + 2);
  return {
    kind,
    url: head.get('url') ?? '',
    contentType: head.get('content-type') ?? '',
    body: head.get('coding') === 'gzip' ? gunzipSync(body) : body,
  };
}
