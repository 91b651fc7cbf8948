import { describe, expect, it } from 'vitest';
import { createAddressGuard, parseAllowList } from '../../../src/web/address.js';

const strict = createAddressGuard([]);

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '168.63.129.16',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::1',
  '::7f00:1',
  '4000::1',
  '100:0:0:1::1',
  '::',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  'nonsense',
])('refuses the private address %s', (address) => expect(strict.allows(address, 'x.example', 80)).toBe(false));
it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111'])('allows the public address %s', (address) =>
  expect(strict.allows(address, 'x.example', 80)).toBe(true),
);

describe('ALLOW_PRIVATE_HOSTS', () => {
  it.each([
    ['127.0.0.0/8', '127.9.9.9', 'a', 80, true],
    ['127.0.0.0/8', '10.0.0.1', 'a', 80, false],
    ['127.0.0.1:8787', '127.0.0.1', 'a', 8787, true],
    ['127.0.0.1:8787', '127.0.0.1', 'a', 8788, false],
    ['intranet.example', '10.0.0.9', 'intranet.example', 443, true],
    ['intranet.example', '10.0.0.9', 'other.example', 443, false],
    ['[::1]:80', '::1', '::1', 80, true],
    ['fd00::/8', 'fd12::3', 'a', 80, true],
  ])('%s: address %s of host %s, port %i, allowed: %s', (entry, address, host, port, allowed) => {
    expect(createAddressGuard([entry]).allows(address, host, port)).toBe(allowed);
  });
  it.each(['10.0.0.0/33', 'a b', 'http://x', '127.0.0.1:99999'])('rejects the entry %s', (entry) => {
    expect(parseAllowList([entry])).toHaveProperty('problems');
  });

  it.each(['10/8', '127.1', '10.0.0/24', '010.0.0.1', '0x7f.0.0.1', '0x7f000001', '2130706433', '127.1:80', '::ffff:127.1'])(
    'rejects %s, which is not a complete address',
    (entry) => {
      expect(parseAllowList([entry])).toEqual({ problems: [expect.stringContaining('complete address')] });
    },
  );
});
