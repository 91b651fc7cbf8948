import { UserError } from '../src/user-error.js';

/** The benchmarks by name. Each prints its own figures. */
const BENCHES: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  pipeline: () => import('./pipeline.js'),
  records: () => import('./records.js'),
  clusters: () => import('./clusters.js'),
  search: () => import('./search.js'),
  polls: () => import('./polls.js'),
  claim: () => import('./claim.js'),
  migrations: () => import('./migrations.js'),
  pushes: () => import('./pushes.js'),
  schedule: () => import('./schedule.js'),
  extraction: () => import('./extraction.js'),
  feeds: () => import('./feeds.js'),
  size: () => import('./size.js'),
  views: () => import('./views.js'),
  retention: () => import('./retention.js'),
  'many-feeds': () => import('./many-feeds.js'),
};

const [name = ''] = process.argv.slice(2);
const load = BENCHES[name];
if (!load) {
  console.error(`Usage: npm run bench -- NAME\nNAME is one of: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
try {
  await (await load()).run();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
