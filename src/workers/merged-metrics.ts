/**
 * The metrics of several processes as one text of Prometheus' format. Every series keeps the label of its process: a sum would
 * fall when one of them starts anew, and rates over it would be wrong.
 */

const HEADER = /^# (HELP|TYPE) ([^ ]+) /;

/** Each text as prom-client writes it: HELP, TYPE, then the samples of that family. */
export function mergeMetrics(texts: readonly string[]): string {
  const families = new Map<string, { readonly head: string[]; readonly samples: string[] }>();
  for (const text of texts) {
    const begun = new Set<string>();
    let family: { readonly head: string[]; readonly samples: string[] } | undefined;
    for (const line of text.split('\n')) {
      const [, what = '', name = ''] = HEADER.exec(line) ?? [];
      if (what === '') {
        if (line !== '') family?.samples.push(line);
        continue;
      }
      const known = families.get(name);
      if (known === undefined) begun.add(name);
      family = known ?? { head: [], samples: [] };
      families.set(name, family);
      if (begun.has(name)) family.head.push(line);
    }
  }
  return `${[...families.values()].map(({ head, samples }) => [...head, ...samples].join('\n')).join('\n\n')}\n`;
}
