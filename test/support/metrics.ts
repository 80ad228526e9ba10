/** GET /metrics as a person reads it, and the table of docs/operations.md that promises it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from '../../src/config/index.ts';

export type Documented = { readonly type: string; readonly labels: readonly string[] };

/** By name: the table of docs/operations.md. */
export function documentedMetrics(): Map<string, Documented> {
  const text = readFileSync(join(installationRoot(), 'docs', 'operations.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(dynamo_[a-z_]+)` \| (counter|gauge|histogram)(?:: ([a-z, ]+))? \|/gm)];
  return new Map(rows.map(([, name = '', type = '', labels]) => [name, { type, labels: labels?.split(', ') ?? [] }]));
}

export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Of a running server. */
export async function metricsOf(url: string) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const samples = [...text.matchAll(/^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value]): Sample => {
      const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', said = '']) => [
        label,
        said,
      ]);
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
    },
  );
  return {
    text,
    samples,
    types: new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type])),
    /** Of all series of that name that have these labels, together. */
    sum: (name: string, labels: Readonly<Record<string, string>> = {}): number =>
      samples
        .filter(
          (each) => each.name === name && Object.entries(labels).every(([label, said]) => each.labels[label] === said),
        )
        .reduce((all, { value }) => all + value, 0),
  };
}
