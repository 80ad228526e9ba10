/** docs/ops: what an operator takes over as it is. Alert rules and dashboard name only metrics and labels that there are. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { installationRoot } from '../../src/config/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';
import { documentedMetrics } from '../support/metrics.ts';

const yaml = createRequire(import.meta.url)('js-yaml') as { safeLoad(text: string): unknown }; // its own promise; it brings no types
const at = (file: string): string => join(installationRoot(), 'docs', file);
const read = (file: string): string => readFileSync(at(file), 'utf8');

const rule = z.strictObject({
  alert: z.string().regex(/^Dynamo[A-Z][A-Za-z]+$/),
  expr: z.string(),
  for: z.literal('10s').optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({ summary: z.string().min(10), runbook_url: z.string() }),
});
const rulesFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), interval: z.literal('10s'), rules: z.array(rule).min(1) })),
});
const testsFile = z.looseObject({
  rule_files: z.tuple([z.literal('alerts.yml')]),
  tests: z.array(z.looseObject({ name: z.string() })),
});
const target = z.looseObject({ expr: z.string(), refId: z.string() });
const panel = z.looseObject({
  id: z.int(),
  type: z.enum(['row', 'timeseries']),
  title: z.string(),
  gridPos: z.strictObject({ h: z.int(), w: z.int(), x: z.int(), y: z.int() }),
  targets: z.array(target).optional(),
});
const dashboardFile = z.looseObject({
  title: z.string(),
  uid: z.string(),
  schemaVersion: z.int(),
  panels: z.array(panel),
});

const rules = rulesFile.parse(yaml.safeLoad(read('ops/alerts.yml'))).groups.flatMap((group) => group.rules);
const dashboard = dashboardFile.parse(JSON.parse(read('ops/grafana-dashboard.json')));
const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const documented = documentedMetrics();
/** Given by Prometheus itself to everything that is scraped, and to its own alerts. */
const OF_PROMETHEUS = ['job', 'instance', 'le', 'exported_job'];

/** name{label="…", …}: which metrics an expression reads, and by which labels. The suffixes of histograms are theirs. */
function readsOf(expr: string): { name: string; labels: string[] }[] {
  const names = [...expr.matchAll(/\b((?:dynamo|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)];
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((each) => each.trim()),
  );
  return names.map(([, name = '', selector = '']) => ({
    name,
    labels: [...selector.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label).concat(grouped),
  }));
}
const withoutSuffix = (name: string): string => name.replace(/_(?:bucket|count|sum)$/, '');
const find = (name: string) => documented.get(name) ?? documented.get(withoutSuffix(name));

describe.each([...rules.map(({ alert, expr }) => [alert, expr]), ...shown.map((expr) => ['dashboard', expr])])(
  '%s',
  (_name = '', expr = '') => {
    test(`reads what there is: ${expr.slice(0, 60)}`, async () => {
      const ofNode = await createMetrics().metrics();
      for (const { name, labels } of readsOf(expr)) {
        const metric = find(name);
        if (metric === undefined) expect(ofNode).toContain(`# TYPE ${name} `);
        else expect(labels.filter((label) => ![...metric.labels, ...OF_PROMETHEUS].includes(label))).toEqual([]);
        if (metric?.type === 'histogram') expect(name).toMatch(/_(bucket|count|sum)$/);
      }
      expect(readsOf(expr).length + Number(expr.startsWith('up{'))).toBeGreaterThan(0);
    });
  },
);

test('every metric of docs/operations.md is on the dashboard', () => {
  const used = new Set(shown.flatMap(readsOf).map(({ name }) => (documented.has(name) ? name : withoutSuffix(name))));
  expect([...documented.keys()].filter((name) => !used.has(name))).toEqual([]);
});

test('every alert leads to its paragraph in docs/operations.md, and every paragraph has its alert', () => {
  const [, chapter = ''] = read('operations.md').split(/^## Alerts$/m);
  const headings = [...(chapter.split(/^## /m)[0] ?? '').matchAll(/^### (Dynamo\w+)$/gm)].map(([, name = '']) => name);
  expect(rules.map(({ alert }) => alert).toSorted()).toEqual(headings.toSorted());
  for (const { alert, annotations } of rules)
    expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  expect(new Set(headings).size).toBe(headings.length);
});

test('every alert has its unit test for promtool, which says so where there is one', () => {
  const tests = testsFile.parse(yaml.safeLoad(read('ops/alerts.test.yml'))).tests.map(({ name }) => name);
  expect(tests.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  const promtool = spawnSync('promtool', ['test', 'rules', at('ops/alerts.test.yml')], { encoding: 'utf8' });
  if (promtool.error !== undefined) {
    process.stderr.write('SKIPPED: promtool is not installed; the rules were not run\n');
    return;
  }
  expect(`${promtool.stdout}${promtool.stderr}`).toContain('SUCCESS');
  expect(promtool.status).toBe(0);
});

test('the panels of the dashboard have ids of their own and do not lie on each other', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
    Array.from({ length: h * w }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBeLessThanOrEqual(24);
});
