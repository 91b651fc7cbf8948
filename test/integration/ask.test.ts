import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../database.js';

const code = `import(${JSON.stringify(resolve('workers/ask.ts'))})
  .then(async ({ askAtTerminal }) => console.log('answer: ' + JSON.stringify(await askAtTerminal('Go \\u001b[31mon? ')) ?? 'none'))`;
const node = [process.execPath, '--import', 'tsx', '-e', code];

/** Asks at a terminal that `script` (util-linux) makes, and types this. @returns what the terminal showed */
async function type(keys: string): Promise<string> {
  const command = node.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null']);
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const ended = new Promise((done) => child.once('exit', done));
  await until(async () => shown.includes('on? '), 'the question');
  child.stdin.write(keys);
  await ended;
  child.stdin.end();
  return shown;
}

describe.skipIf(spawnSync('script', ['-qec', 'true', '/dev/null']).status !== 0)('a question at a terminal', () => {
  it.each([
    ['a line', 'yes\n', 'answer: "yes"'],
    ['an empty line', '\n', 'answer: ""'],
    ['the end of input', '\u0004', 'answer: ""'],
    ['Ctrl-C', '\u0003', 'answer: ""'],
  ])('takes %s', async (_, keys, answer) => {
    const shown = await type(keys);
    expect(shown).toContain(answer);
    expect(shown).not.toContain('\u001b[31m');
  });
});

it('is not asked without a terminal', () => {
  const { stdout } = spawnSync(node[0] ?? '', node.slice(1), { input: 'yes\n', encoding: 'utf8' });
  expect(stdout).toBe('answer: undefined\n');
});
