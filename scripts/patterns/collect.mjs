// Collects the regular expressions of our own code: literals from the syntax tree, built ones by importing the modules.
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

/**
 * One place of a regular expression.
 * @typedef {{ path: string, line: number, source: string, flags: string }} Pattern
 */

/**
 * The literals of a file, and the lines of its calls of `RegExp`, which importing the file may or may not make.
 * @returns {{ literals: Pattern[], calls: number[] }}
 */
export function readPatterns(root, path) {
  const file = ts.createSourceFile(path, readFileSync(`${root}/${path}`, 'utf8'), ts.ScriptTarget.Latest, true);
  const lineOf = (node) => file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const literals = [];
  const calls = [];
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      literals.push({ path, line: lineOf(node), source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    const isCall = ts.isNewExpression(node) || ts.isCallExpression(node);
    if (isCall && node.expression.getText() === 'RegExp') calls.push(lineOf(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { literals, calls };
}

/**
 * Imports the modules with a RegExp constructor that records what our own code builds.
 * @returns {Promise<Pattern[]>}
 */
export async function recordBuiltPatterns(root, paths) {
  const built = [];
  const Original = globalThis.RegExp;
  const record = (expression) => {
    const place = findCaller(root);
    if (place) built.push({ ...place, source: expression.source, flags: expression.flags });
    return expression;
  };
  globalThis.RegExp = new Proxy(Original, {
    construct: (target, args, newTarget) => record(Reflect.construct(target, args, newTarget)),
    apply: (target, self, args) => record(Reflect.apply(target, self, args)),
  });
  try {
    for (const path of paths) await import(pathToFileURL(`${root}/${path}`).href);
  } finally {
    globalThis.RegExp = Original;
  }
  return built;
}

/** The place in our code that called RegExp; undefined if a package did. */
function findCaller(root) {
  // The frames of this function, of `record` and of the proxy's trap come first.
  const [, , , , caller = ''] = (new Error('to read its stack').stack ?? '').split('\n');
  const [, url, line] = /(file:\/\/[^\s()]+?|\/[^\s()]+?):(\d+):\d+\)?$/.exec(caller) ?? [];
  if (!url) return undefined;
  const path = url.startsWith('file:') ? fileURLToPath(url.replace(/\?.*$/, '')) : url;
  if (!path.startsWith(root) || path.includes('node_modules')) return undefined;
  return { path: path.slice(root.length).replace(/^\//, ''), line: Number(line) };
}
