import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createDatabase } from '../database.js';

const CHART = 'deploy/helm/feedmill';
const helm = process.env.HELM ?? 'helm';
const isInstalled = spawnSync(helm, ['version']).status === 0;
if (!isInstalled) {
  console.warn(
    `\n${'!'.repeat(80)}\nhelm is not installed: the chart was NEITHER LINTED NOR RENDERED. Set HELM to its path.\n${'!'.repeat(80)}\n`,
  );
}

interface Container {
  name: string;
  args: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  securityContext: object;
  resources: object;
  [probe: `${string}Probe`]: { httpGet: { path: string } };
}
interface Manifest {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  spec: Record<string, unknown> & { template: { spec: { containers: Container[]; securityContext: object } }; replicas?: number };
}

/** Renders the chart as Helm would install it, on a version of Kubernetes that the chart supports. */
function render(...options: string[]): Manifest[] {
  const args = ['template', 'feedmill', CHART, '--kube-version', '1.31.0', ...options];
  const text = execFileSync(helm, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const documents = parseAllDocuments(text);
  expect(documents.flatMap((document) => ('errors' in document ? document.errors : []))).toEqual([]);
  return documents.map((document) => document.toJS() as Manifest).filter(Boolean);
}
const ofKind = (manifests: Manifest[], kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const containerOf = ({ spec }: Manifest) => spec.template.spec.containers[0] as Container;

describe.skipIf(!isInstalled)('the Helm chart', () => {
  it('passes helm lint', () => {
    const { status, stdout } = spawnSync(helm, ['lint', '--strict', '--kube-version', '1.31.0', CHART], { encoding: 'utf8' });
    expect(stdout).toContain('0 chart(s) failed');
    expect(status).toBe(0);
  });

  it('has the version of the program', () => {
    const chart = execFileSync(helm, ['show', 'chart', CHART], { encoding: 'utf8' });
    const { version } = JSON.parse(
      execFileSync('node', ['-p', 'JSON.stringify(require("./package.json"))'], { encoding: 'utf8' }),
    );
    expect(chart).toMatch(new RegExp(`^version: ${version}$`, 'm'));
    expect(chart).toMatch(new RegExp(`^appVersion: ${version}$`, 'm'));
  });

  it('runs each role in a deployment, without rights, with probes and limits', () => {
    const deployments = ofKind(render(), 'Deployment');
    const [, choices = ''] = /choices\(\[(.*), 'all'\]\)/.exec(readFileSync('src/cli/program.ts', 'utf8')) ?? [];
    const roles = choices.replaceAll("'", '').split(', ');
    expect(deployments.map(containerOf).map(({ args }) => args.join(' '))).toEqual(
      roles.toSorted().map((role) => `start ${role}`),
    );
    for (const deployment of deployments) {
      const container = containerOf(deployment);
      expect(deployment.spec.template.spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(container).toMatchObject({
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        livenessProbe: { httpGet: { path: '/health' } },
        readinessProbe: { httpGet: { path: '/ready' } },
        resources: { limits: { memory: expect.any(String) }, requests: { cpu: expect.any(String), memory: expect.any(String) } },
      });
    }
    expect(ofKind(render(), 'PodDisruptionBudget')).toHaveLength(roles.length);
  });

  it('migrates before installations and upgrades', () => {
    const [job] = ofKind(render(), 'Job') as [Manifest];
    expect(job.metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    expect(containerOf(job).args).toEqual(['migrate']);
  });

  it('takes secrets by reference and passes settings on', () => {
    const manifests = render('--set', 'secret.name=mine,secret.redisUrl=redis-url,settings.CONTACT_URL=https://a.example/bot');
    for (const manifest of [...ofKind(manifests, 'Deployment'), ...ofKind(manifests, 'Job')]) {
      const { env } = containerOf(manifest);
      expect(env).toContainEqual({ name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'mine', key: 'database-url' } } });
      expect(env).toContainEqual({ name: 'REDIS_URL', valueFrom: { secretKeyRef: { name: 'mine', key: 'redis-url' } } });
      expect(env).toContainEqual({ name: 'CONTACT_URL', value: 'https://a.example/bot' });
    }
    expect(ofKind(manifests, 'Secret')).toEqual([]);
    expect(() => render('--set', 'settings.DATABASE_URL=postgres://a')).toThrow(/DATABASE_URL/);
  });

  it('reaches the web, the database and DNS, but no private network', () => {
    const [policy] = ofKind(render(), 'NetworkPolicy') as [Manifest];
    const [, web] = policy.spec.egress as { to: { ipBlock: { cidr: string; except: string[] } }[] }[];
    expect(web?.to[0]?.ipBlock).toEqual({
      cidr: '0.0.0.0/0',
      except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
    });
    expect(ofKind(render('--set', 'networkPolicy.enabled=false'), 'NetworkPolicy')).toEqual([]);
  });

  it('scales article workers by due rows, with a query that counts at most 20 of a host', async () => {
    const manifests = render('--set', 'autoscaling.enabled=true');
    const articles = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name === 'feedmill-articles');
    expect(articles?.spec.replicas).toBeUndefined();
    const [{ spec }] = ofKind(manifests, 'ScaledObject') as [Manifest];
    expect(spec.scaleTargetRef).toEqual({ name: 'feedmill-articles' });
    const [{ metadata }] = spec.triggers as [{ metadata: { query: string; connectionFromEnv: string } }];
    expect(metadata.connectionFromEnv).toBe('DATABASE_URL');
    const { db } = await createDatabase();
    // A host whose only slot is taken has no turn; one with neither has nothing pending.
    await db.$client.query(`
      insert into feedmill_data.hosts (host, turn_at, leases) values ('a.example', now(), '{}'), ('b.example', null, array[now()])
      on conflict (host) do update set turn_at = excluded.turn_at, leases = excluded.leases`);
    await db.$client.query(`
      with feed as (insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example') returning id)
      insert into feedmill_data.articles (url, feed_id, host, due_at)
        select 'https://a.example/' || n, id, case when n > 100 then 'b.example' else 'a.example' end, now() from feed, generate_series(1, 103) n`);
    expect(Object.values((await db.$client.query(metadata.query)).rows[0])).toEqual(['23']);
    expect(ofKind(render(), 'ScaledObject')).toEqual([]);
  });
});
