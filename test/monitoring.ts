import { readdirSync, readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { addInstallationGauges } from '../workers/metrics/installation-gauges.js';
import { createMetrics } from '../workers/metrics/metrics.js';

/** A metric as Prometheus stores it, and its labels. */
export type Series = Map<string, { type: string; help: string; labels: string[] }>;

/** What every scraped series has besides its own labels. */
const TARGET_LABELS = ['job', 'instance'];

/** All metrics that a process in role `all` serves, from its real registry. */
export function readOwnMetrics() {
  const metrics = createMetrics({ version: '0', role: 'all', queue: 'postgres' });
  metrics.watchPool({ $client: { options: {} } } as Parameters<typeof metrics.watchPool>[0]);
  addInstallationGauges(metrics.registry, () => Promise.reject(new Error('not read')), { onError: () => undefined });
  return metrics.registry.getMetricsAsArray() as unknown as { name: string; type: string; help: string; labelNames: string[] }[];
}

/** The series that Prometheus makes of them. */
export function listSeries(): Series {
  const series: Series = new Map([['up', { type: 'gauge', help: '', labels: TARGET_LABELS }]]);
  for (const { name, type, help, labelNames = [] } of readOwnMetrics()) {
    const labels = [...labelNames, ...TARGET_LABELS];
    if (type !== 'histogram') series.set(name, { type, help, labels });
    else {
      series.set(`${name}_bucket`, { type, help, labels: [...labels, 'le'] });
      for (const end of ['sum', 'count']) series.set(`${name}_${end}`, { type, help, labels });
    }
  }
  return series;
}

/** What is wrong with an expression: its syntax, or series and labels that we do not have. */
export function checkPromql(expression: string, series: Series): string[] {
  const text = expression.replaceAll('$__rate_interval', '5m');
  const problems: string[] = [];
  const known = new Set<string>();
  let labels: string[] = [];
  parser.parse(text).iterate({
    enter(node) {
      const word = text.slice(node.from, node.to);
      if (node.type.isError) problems.push(`syntax error at "${text.slice(node.from, node.from + 20)}"`);
      if (node.name === 'Identifier') {
        labels = series.get(word)?.labels ?? [];
        for (const label of labels) known.add(label);
        if (!series.has(word)) problems.push(`there is no ${word}`);
      }
      if (node.name === 'LabelName' && node.node.parent?.name !== 'GroupingLabels' && !labels.includes(word))
        problems.push(`there is no label ${word}`);
    },
  });
  for (const [, list = ''] of text.matchAll(/\b(?:by|ignoring|on)\s*\(([^)]*)\)/g))
    for (const label of list.split(',').map((name) => name.trim()))
      if (!known.has(label)) problems.push(`nothing in it has the label ${label}`);
  return problems;
}

/** A dashboard as far as tests look at it. */
export interface Dashboard {
  uid: string;
  title: string;
  panels: {
    id: number;
    title: string;
    type: string;
    datasource: { uid: string };
    gridPos: { x: number; y: number; w: number; h: number };
    targets: { expr?: string; rawSql?: string }[];
  }[];
}

const FOLDER = 'deploy/monitoring/dashboards';

/** All provisioned dashboards. */
export const readDashboards = (): Dashboard[] =>
  readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Dashboard);
