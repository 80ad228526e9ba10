/**
 * Metrics for Prometheus. Every room declares its own through this; names begin with `dynamo_`, and no label may tell one
 * charger, session or customer from another: the number of series must not grow with the installation. So the names of labels are
 * a closed list, and what stands there is of a closed list of the code's own (docs/operations.md, Metrics).
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type CounterOf<L extends string> = Pick<Counter<L>, 'inc'>;
type HistogramOf<L extends string> = Pick<Histogram<L>, 'observe'>;

export type Metrics = {
  /** `inc({ outcome: 'ok' })` or `inc()`. Its name ends in _total. */
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): CounterOf<L>;
  /** `observe({ job: 'sweep' }, seconds)`. Its name ends in its unit; without `buckets` they suit seconds. */
  histogram<L extends string = never>(
    name: string,
    help: string,
    options?: { readonly labels?: readonly L[]; readonly buckets?: readonly number[] },
  ): HistogramOf<L>;
  /** A counter that somebody else keeps: read when somebody looks. */
  total(name: string, help: string, read: () => number): void;
  /** Read when somebody looks. */
  gauge(name: string, help: string, read: () => number): void;
  /** One reading for each value of a label; the values must be the code's own. */
  gauges<L extends string>(name: string, help: string, label: L, read: () => Iterable<readonly [string, number]>): void;
  /** All of them in Prometheus' text format. */
  metrics(): Promise<string>;
  readonly contentType: string;
};

const SECONDS_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

const NAME = /^[a-z][a-z0-9_]*$/;
/** What a label may tell apart. Each has few values, all of them written down in the code: none comes from outside. */
const LABELS: ReadonlySet<string> = new Set([
  ...['action', 'protocol', 'direction', 'what', 'outcome', 'reason', 'why'],
  ...['room', 'type', 'status', 'method', 'route', 'job', 'state', 'kind', 'level', 'worker'],
]);

function checked<L extends string>(name: string, labels: readonly L[]): { name: string; labelNames: readonly L[] } {
  if (!NAME.test(name)) throw new Error(`A metric cannot be called ${name}.`);
  const unknown = labels.find((label) => !LABELS.has(label));
  if (unknown !== undefined) throw new Error(`Metric ${name} has a label without bound: ${unknown}.`);
  return { name: `dynamo_${name}`, labelNames: labels };
}

/**
 * `processMetrics`: memory, CPU, event loop and garbage collection of this process under their usual names.
 * `labels`: on every series that has none of that name, to tell processes apart.
 */
export function createMetrics({
  processMetrics = true,
  labels: everywhere = {},
}: {
  readonly processMetrics?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
} = {}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ ...everywhere });
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry });
  return {
    counter: (name, help, labels = []) => {
      if (!name.endsWith('_total')) throw new Error(`The name of counter ${name} must end in _total.`);
      return new Counter({ ...checked(name, labels), help, registers });
    },
    histogram: (name, help, { labels = [], buckets = SECONDS_BUCKETS } = {}) =>
      new Histogram({ ...checked(name, labels), help, registers, buckets: [...buckets] }),
    total: (name, help, read) => {
      if (!name.endsWith('_total')) throw new Error(`The name of counter ${name} must end in _total.`);
      new Counter({
        ...checked(name, []),
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    },
    gauge: (name, help, read) => {
      new Gauge({
        ...checked(name, []),
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    gauges: (name, help, label, read) => {
      new Gauge({
        ...checked(name, [label]),
        help,
        registers,
        collect() {
          this.reset();
          for (const [value, reading] of read()) this.labels(value).set(reading);
        },
      });
    },
    metrics: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
