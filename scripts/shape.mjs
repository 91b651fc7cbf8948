#!/usr/bin/env node
// `npm run shape`: prints how long our files and functions are, and fails if one is over its limit.
//
// Counts all TypeScript and JavaScript files in the work tree that git does not ignore, except generated ones (migrations). A
// function's length is from its first line to its last, including the functions inside it. Two things do not count: the callbacks
// of `describe` and `it`, since a test file is a list of cases, and the lines of a table of data (a literal of TABLE_LINES lines
// or more that contains no function).
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const LIMITS = { functionMax: 60, function90: 25, fileMax: 350, file90: 220 };
/** A literal from this length on is a table of data, in lines. */
const TABLE_LINES = 10;

const root = fileURLToPath(new URL('..', import.meta.url));
const verbose = process.argv.includes('--list');

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => /\.(ts|mjs|cjs)$/.test(path) && !path.startsWith('db/migrations/') && existsSync(`${root}/${path}`))
  .map(measure);
const functions = files.flatMap((file) => file.functions);

report('files', files, LIMITS.fileMax, LIMITS.file90);
report('functions', functions, LIMITS.functionMax, LIMITS.function90);

function measure(path) {
  const text = readFileSync(`${root}/${path}`, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (isFunction(node) && !isTestCallback(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({
        name: `${path}:${line + 1} ${findName(node)}`,
        lines: countLines(source, node) - countTableLines(source, node),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { name: path, lines: text.split('\n').length - 1, functions: found };
}

function isFunction(node) {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

/** `describe(…, () => …)`, `it(…)`, `it.each(…)(…)`, and the hooks of a test. */
function isTestCallback(node) {
  const call = node.parent;
  if (!ts.isCallExpression(call) || !call.arguments.includes(node)) return false;
  return /^(describe|it|test|beforeAll|beforeEach|afterAll|afterEach)\b/.test(call.expression.getText());
}

function findName(node) {
  if (node.name) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : '(anonymous)';
}

function countLines(source, node) {
  const line = (position) => source.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart()) + 1;
}

/** Lines of tables of data inside `node`. */
function countTableLines(source, node) {
  let lines = 0;
  const visit = (inner) => {
    if (isTable(source, inner)) lines += countLines(source, inner);
    else ts.forEachChild(inner, visit);
  };
  ts.forEachChild(node, visit);
  return lines;
}

function isTable(source, node) {
  const isLiteral = ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node);
  return isLiteral && countLines(source, node) >= TABLE_LINES && isData(node);
}

/** Whether a literal holds nothing but literals. */
function isData(node) {
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isData);
  if (ts.isObjectLiteralExpression(node))
    return node.properties.every((one) => ts.isPropertyAssignment(one) && isData(one.initializer));
  if (ts.isPrefixUnaryExpression(node)) return isData(node.operand);
  return ts.isLiteralExpression(node) || /^(true|false|null)$/.test(node.getText());
}

function report(what, all, max, nineTenths) {
  const sorted = [...all].sort((a, b) => b.lines - a.lines);
  const at = (share) => sorted.at(Math.floor(sorted.length * (1 - share)))?.lines ?? 0;
  const over = sorted.filter(({ lines }) => lines > max);
  console.log(
    `${what}: ${all.length}, median ${at(0.5)} lines, 90 % at most ${at(0.9)} (limit ${nineTenths}), ` +
      `longest ${sorted[0]?.lines ?? 0} (limit ${max}), ${over.length} over it`,
  );
  for (const { name, lines } of verbose ? sorted.slice(0, Math.max(40, over.length)) : over) console.log(`  ${lines}  ${name}`);
  if (over.length > 0 || at(0.9) > nineTenths) process.exitCode = 1;
}
