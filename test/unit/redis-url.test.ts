import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { parseRedisUrl } from '../../src/redis-url.js';

const none = { login: {}, sentinelLogin: {} };

describe('parseRedisUrl', () => {
  it.each([
    ['redis://r.example:6380/2', { kind: 'server', url: 'redis://r.example:6380/2' }],
    ['rediss://user:a%2Fb@r.example?family=6', { kind: 'server', url: 'rediss://user:a%2Fb@r.example?family=6' }],
    [
      'redis+sentinel://a.example:26380,b.example/news',
      {
        ...{ kind: 'sentinel', master: 'news', db: 0, tls: false, ...none },
        sentinels: [
          { host: 'a.example', port: 26_380 },
          { host: 'b.example', port: 26_379 },
        ],
      },
    ],
    [
      'REDISS+SENTINEL://ops:s%40e%3Acret@[::1]:1,10.0.0.1:65535/my%2Fmaster/3?sentinel_username=s&sentinel_password=p%26q',
      {
        ...{ kind: 'sentinel', master: 'my/master', db: 3, tls: true },
        sentinels: [
          { host: '::1', port: 1 },
          { host: '10.0.0.1', port: 65_535 },
        ],
        login: { username: 'ops', password: 's@e:cret' },
        sentinelLogin: { username: 's', password: 'p&q' },
      },
    ],
    [
      'redis+cluster://:pass:word@a,b:7000/0',
      {
        ...{ kind: 'cluster', tls: false, login: { password: 'pass:word' } },
        nodes: [
          { host: 'a', port: 6_379 },
          { host: 'b', port: 7_000 },
        ],
      },
    ],
    ['rediss+cluster://c.example:6379', { kind: 'cluster', nodes: [{ host: 'c.example', port: 6_379 }], tls: true, login: {} }],
  ])('reads %s', (url, location) => expect(parseRedisUrl(url)).toEqual(location));

  it.each([
    ['', /must look like redis:/],
    ['http://r.example', /must look like redis:/],
    ['redis+toString://r.example', /must look like redis:/],
    ['redis+sentinel+cluster://r.example/news', /must look like redis:/],
    ['redis://[r.example', /must look like redis:/],
    ['redis+sentinel://secret@a.example,b.example', /name the master/],
    ['redis+sentinel://a.example/news/x', /number of a database/],
    ['redis+sentinel://a.example/news/0/1', /number of a database/],
    ['redis+sentinel://a.example/news?sentinelPassword=secret', /only the options sentinel_username and sentinel_password/],
    ['redis+sentinel://a.example:0/news', /host:port as address 1/],
    ['redis+cluster://a.example:1,b.example:65536', /host:port as address 2/],
    ['redis+cluster://a.example,,b.example', /host:port as address 2/],
    ['redis+cluster://me:se/cret@a.example', /host:port as address 1 .*percent-encoded/],
    ['redis+cluster://me:se#cret@a.example', /host:port as address 1 .*percent-encoded/],
    ['redis+cluster://me:secret%@a.example', /write %25/],
    ['redis+cluster://a.example/1', /only number 0/],
    ['redis+cluster://a.example?secret=1', /no options/],
    [`redis+cluster://${Array(21).fill('a').join(',')}`, /at most 20 addresses/],
    [`redis+cluster://${'a'.repeat(9_000)}`, /at most 8000 characters/],
  ])('refuses %s', (url, message) => {
    const result = parseRedisUrl(url);
    expect(result).toEqual({ problem: expect.stringMatching(message) });
    expect(JSON.stringify(result)).not.toMatch(/secret@|se\/cret|se#cret|=secret/);
  });
});

it('REDIS_URL that is wrong is named, and not shown', () => {
  expect(() => loadConfig({ REDIS_URL: 'redis+sentinel://:hidden@a.example' })).toThrow(
    /^(?!.*hidden)[\s\S]*REDIS_URL: must name/,
  );
});
