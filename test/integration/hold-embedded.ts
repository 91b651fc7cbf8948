import { openEmbedded } from '../../db/embedded.js';

// A process of its own that uses the embedded Postgres of a folder until it is killed.
const [folder = '', port = ''] = process.argv.slice(2);
const { url } = await openEmbedded(folder, Number(port));
process.send?.(url);
setInterval(() => undefined, 60_000);
