// The thread that examines documents. It is JavaScript, because a thread does not have the loader of the thread that starts it:
// Vitest's is not one for threads.
import { register } from 'tsx/esm/api';

register();
const { announceThread } = await import('../../workers/thread-time.ts');
const { examine } = await import('./examine.ts');
announceThread();

export default examine;
