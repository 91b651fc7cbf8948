import type { Role } from '../src/cli/app.js';
import type { App } from './app.js';

/** Roles that ask sites for something. */
const ASKING: readonly Role[] = ['feeds', 'articles', 'all'];

/** Warns an operator who has not said how to reach him: a site that our requests trouble can then only block us. */
export function warnWithoutContact(
  { config, log }: { config: Pick<App['config'], 'namesContact'>; log: Pick<App['log'], 'warn'> },
  role: Role,
): void {
  if (config.namesContact || !ASKING.includes(role)) return;
  log.warn(
    'CONTACT_URL is not set: the User-Agent refers sites to a page that does not exist. Set it to a page or an address of yours',
  );
}
