#!/usr/bin/env node
import { setUp } from '../scripts/setup.mjs';

await setUp();
const { main } = await import('../dist/workers/cli.js');
process.exitCode = await main(process.argv.slice(2));
