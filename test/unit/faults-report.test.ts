import { expect, it } from 'vitest';
import { makeTable } from '../faults/report.js';

it('shows the longest recovery of each fault on each backend, and what failed or was skipped', () => {
  const table = makeTable([
    { backend: 'postgres', fault: 'hang', outcome: 'passed', recoveryMs: 1_200 },
    { backend: 'postgres', fault: 'hang', outcome: 'passed', recoveryMs: 2_250 },
    { backend: 'redis', fault: 'hang', outcome: 'failed', detail: 'lost 1' },
    { backend: 'redis', fault: 'flush', outcome: 'skipped' },
  ]);
  expect(table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))).toEqual([
    ['', 'Fault', 'postgres', 'redis', ''],
    ['', '-----', '--------', '-------', ''],
    ['', 'flush', '', 'skipped', ''],
    ['', 'hang', '2.3 s', 'failed', ''],
  ]);
});
