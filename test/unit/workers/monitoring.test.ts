import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkPromql, listSeries, readDashboards, readOwnMetrics } from '../../monitoring.js';

const series = listSeries();
const docs = readFileSync('docs/monitoring.md', 'utf8');

describe('our metrics', () => {
  const own = readOwnMetrics().filter(({ name }) => name.startsWith('feedmill_'));

  it.each(own)('$name follows the rules of Prometheus', ({ name, type, help, labelNames = [] }) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|hours|kb|kilobytes|mb|percent)(_|$)/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
    // One series per host or feed would be as many as there are hosts and feeds.
    expect(labelNames.filter((label) => /host|url|feed_?id|^feed$|site|^id$/.test(label))).toEqual([]);
  });

  it('are all in docs/monitoring.md, with their labels, and nothing else is', () => {
    const rows = [...docs.matchAll(/^\| `(feedmill_\w+)` +\| ([^|]*?) +\|/gm)].map(([, name, labels]) => `${name}: ${labels}`);
    const expected = own.map(({ name, labelNames = [] }) => `${name}: ${labelNames.map((label) => `\`${label}\``).join(', ')}`);
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });
});

describe('the check of expressions', () => {
  it.each([
    ['sum(rate(feedmill_polls_total[5m])', 'syntax error'],
    ['feedmill_polls', 'there is no feedmill_polls'],
    ['feedmill_polls_total{queue="x"}', 'there is no label queue'],
    ['sum by (queue) (feedmill_polls_total)', 'nothing in it has the label queue'],
    ['histogram_quantile(0.5, feedmill_claim_duration_seconds)', 'there is no feedmill_claim_duration_seconds'],
  ])('finds what is wrong with %s', (expression, problem) => {
    expect(checkPromql(expression, series).join('; ')).toContain(problem);
  });
});

describe('the dashboards', () => {
  const panels = readDashboards().flatMap(({ uid, panels }) => panels.map((panel) => ({ uid, ...panel })));

  it('are the five that are promised, each with panels that do not overlap', () => {
    expect(
      readDashboards()
        .map(({ uid }) => uid)
        .toSorted(),
    ).toEqual(['overview', 'feeds', 'sites', 'queue', 'database'].map((name) => `feedmill-${name}`).toSorted());
    for (const { panels, title } of readDashboards()) {
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
      );
      expect(new Set(cells).size, title).toBe(cells.length);
      expect(new Set(panels.map(({ id }) => id)).size, title).toBe(panels.length);
    }
  });

  it.each(panels)('$uid: $title shows metrics that exist', ({ targets }) => {
    expect(targets.length).toBeGreaterThan(0);
    for (const { expr, rawSql } of targets) {
      expect(expr ?? rawSql).toBeTruthy();
      if (expr) expect(checkPromql(expr, series), expr).toEqual([]);
    }
  });

  it('use data sources that are provisioned', () => {
    const { datasources } = parse(readFileSync('deploy/monitoring/grafana/datasources/feedmill.yml', 'utf8'));
    const uids = datasources.map(({ uid }: { uid: string }) => uid);
    expect(new Set(panels.map(({ datasource }) => datasource.uid))).toEqual(new Set(uids));
  });
});

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

describe('the alerts', () => {
  const { groups } = parse(readFileSync('deploy/monitoring/alerts.yml', 'utf8')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  it.each(rules)('$alert is a valid rule about metrics that exist', ({ alert, expr, annotations, labels, ...rest }) => {
    expect(checkPromql(expr, series), expr).toEqual([]);
    expect(Object.keys(rest).filter((key) => key !== 'for')).toEqual([]);
    expect(rest.for ?? '0s').toMatch(/^\d+[smhd]$/);
    expect(labels.severity).toMatch(/^(warning|critical)$/);
    expect(Object.keys(annotations).toSorted()).toEqual(['description', 'runbook', 'summary']);
    expect(annotations.runbook).toBe(`docs/operating.md#${alert.toLowerCase()}`);
    const series_ = [...`${annotations.summary} ${annotations.description}`.matchAll(/\$labels\.(\w+)/g)].map(
      ([, label]) => label,
    );
    for (const label of series_) expect(expr.includes(label ?? '') || !/\bsum\b|\bmax\b/.test(expr), label).toBe(true);
  });

  it('are all in docs/monitoring.md with their severity, and each has a heading in docs/operating.md', () => {
    const rows = [...docs.matchAll(/^\| `(Feedmill\w+)` +\| (\w+) +\|/gm)].map(([, name, severity]) => `${name} ${severity}`);
    expect(rows).toEqual(rules.map(({ alert, labels }) => `${alert} ${labels.severity}`));
    const headings = existsSync('docs/operating.md') ? readFileSync('docs/operating.md', 'utf8') : undefined;
    for (const { alert } of rules) expect(headings ?? `### ${alert}`).toContain(`### ${alert}`);
  });
});

it('Prometheus scrapes every service of docker-compose.yml that runs a role', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Record<string, { command?: string[] }>;
  };
  const roles = Object.keys(services).filter((name) => services[name]?.command?.[0] === 'start');
  const { scrape_configs } = parse(readFileSync('deploy/monitoring/prometheus.yml', 'utf8'));
  expect(scrape_configs[0].dns_sd_configs[0].names.toSorted()).toEqual(roles.toSorted());
});
