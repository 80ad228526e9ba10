/**
 * Parts of the documents that are made from the code: diagrams of machines, tables of codes. A part stands between
 * `<!-- generated: NAME -->` and `<!-- end of NAME -->`; `npm run docs:machines` writes them, test/docs/machines.test.ts compares.
 */
import { alertEdges, alertRules } from '../../src/alerts/index.ts';
import { commissioningFailures, commissioningRules } from '../../src/commissioning/index.ts';
import { firmwareRolloutEdges } from '../../src/firmware-rollouts/index.ts';
import { firmwareUpdateEdges } from '../../src/firmware-updates/index.ts';
import { fates, handoverRules } from '../../src/handovers/index.ts';
import { machineDiagram } from '../../src/platform/machine-diagram.ts';
import { reservationRules } from '../../src/reservations/index.ts';

/** By document: its parts by their names. */
export const generatedParts: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/alerts.md': {
    'alert machine': () => machineDiagram(alertEdges, { initial: 'none' }),
    'alert rules': () =>
      [
        '| rule | severity | alerts when | looks at | ends when | what to do |',
        '|---|---|---|---|---|---|',
        ...Object.entries(alertRules).map(([id, { severity, forS, threshold, window, looksAt, ends, remedy }]) => {
          const sign = threshold?.alerts === 'at_most' ? '≤' : '≥';
          const limits = [
            ...(threshold === undefined ? [] : [`${sign} ${threshold.value} ${threshold.unit}`]),
            ...(window === undefined ? [] : [`over ${window.days} days`]),
            ...(forS === 0 ? [] : [`for ${forS} s`]),
          ];
          return `| \`${id}\` | ${severity} | ${limits.join(', ') || 'at once'} | ${looksAt} | ${ends} | ${remedy} |`;
        }),
      ].join('\n'),
  },
  'docs/authorization.md': {
    'reservation machine': () => machineDiagram(reservationRules, { initial: 'requested' }),
  },
  'docs/firmware.md': {
    'firmware update machine': () => machineDiagram(firmwareUpdateEdges, { initial: 'scheduled' }),
    'firmware rollout machine': () => machineDiagram(firmwareRolloutEdges, { initial: 'draft' }),
  },
  'docs/commissioning.md': {
    'commissioning machine': () =>
      machineDiagram(commissioningRules, {
        initial: 'connecting',
        everywhere: { failed: 'failed', cancelled: 'cancelled' },
        whole: 'running',
      }),
    'commissioning failures': () =>
      [
        '| code | again as it is? | what to do |',
        '|---|---|---|',
        ...Object.entries(commissioningFailures).map(
          ([code, { retryable, remedy }]) => `| \`${code}\` | ${retryable ? 'yes' : 'no'} | ${remedy} |`,
        ),
      ].join('\n'),
  },
  'docs/handover.md': {
    'handover machine': () => machineDiagram(handoverRules, { initial: 'initiated' }),
    'handover fates': () =>
      [
        '| table | at the cutover | |',
        '|---|---|---|',
        ...Object.entries(fates).map(([table, { fate, what }]) => `| \`${table}\` | ${fate} | ${what} |`),
      ].join('\n'),
  },
};

/** Throws when the document has no place for a part. */
export function withParts(text: string, parts: Readonly<Record<string, () => string>>): string {
  let written = text;
  for (const [name, make] of Object.entries(parts)) {
    const [begin, end] = [`<!-- generated: ${name} -->\n`, `\n<!-- end of ${name} -->`];
    const [from, to] = [written.indexOf(begin), written.indexOf(end)];
    if (from < 0 || to < from)
      throw new Error(`there is no place for ${name}: write "${begin.trim()}" and "${end.trim()}"`);
    written = written.slice(0, from + begin.length) + make() + written.slice(to);
  }
  return written;
}
