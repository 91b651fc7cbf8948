import { UserError } from '../src/user-error.js';

/** The benchmarks by name; each prints its figures. */
const BENCHES: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  pipeline: () => import('./pipeline.js'),
  records: () => import('./records.js'),
  clusters: () => import('./clusters.js'),
  search: () => import('./search.js'),
  polls: () => import('./polls.js'),
  claim: () => import('./claim.js'),
  schedule: () => import('./schedule.js'),
  extraction: () => import('./extraction.js'),
  feeds: () => import('./feeds.js'),
};

const [name = ''] = process.argv.slice(2);
const load = BENCHES[name];
if (!load) {
  console.error(new UserError(`Usage: npm run bench -- NAME, one of: ${Object.keys(BENCHES).join(', ')}`).message);
  process.exit(2);
}
await (await load()).run();
