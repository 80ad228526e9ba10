/** The report of a commissioning run as a document: what the installer and the operator put their names to. Pure. */
import type { Block, DocumentContent } from '../documents/index.ts';
import type { Report } from './report.ts';

const STEP_NAMES = {
  connectivity: 'Connectivity',
  heartbeat: 'Heartbeat and clock',
  configuration: 'Configuration',
  connectors: 'Connectors',
  test_transaction: 'Test transaction',
} as const satisfies Record<Report['run']['steps'][number]['name'], string>;
const LONGEST_FINDING = 300;

export function reportDocument(report: Report): DocumentContent {
  const { charge_point: charger, run } = report;
  const timezone = report.site?.timezone ?? report.organization.timezone;
  const when = (at: Date | null): string => (at === null ? '–' : inZone(at, timezone));
  const seconds = (step: Report['run']['steps'][number]): string =>
    step.started_at === null || step.ended_at === null
      ? ''
      : `${Math.round((step.ended_at.getTime() - step.started_at.getTime()) / 1000)} s`;
  const blocks: Block[] = [
    { kind: 'title', text: 'Commissioning report', beside: report.result },
    {
      kind: 'columns',
      columns: [
        [report.organization.name, report.site?.name ?? ''].filter((line) => line !== ''),
        [charger.identity ?? charger.id, charger.name ?? ''].filter((line) => line !== ''),
      ],
    },
    {
      kind: 'facts',
      facts: [
        ['Report', report.number],
        ['Started', when(report.started_at)],
        ['Ended', when(report.ended_at)],
        ['Asked for by', run.requested_by],
        ['Vendor and model', [charger.vendor, charger.model].filter((each) => each !== null).join(' ') || '–'],
        ['Serial number', charger.serial_number ?? '–'],
        ['Firmware', charger.firmware_version ?? '–'],
        ['Protocol', charger.protocol ?? '–'],
        ['Security profile', charger.security_profile === null ? '–' : String(charger.security_profile)],
      ],
    },
    { kind: 'heading', text: 'Steps' },
    {
      kind: 'table',
      columns: [
        { title: 'Step', share: 26 },
        { title: 'Result', share: 12 },
        { title: 'Took', share: 10, align: 'right' },
        { title: 'Found', share: 52 },
      ],
      rows: run.steps.map((step) => [STEP_NAMES[step.name], step.status, seconds(step), findingOf(step.detail)]),
    },
  ];
  if (run.failure !== null) {
    const { code, message, remedy } = run.failure;
    blocks.push({ kind: 'note', text: `${code}: ${message}. ${remedy}.`, tone: 'warning' });
  }
  if (run.session_id !== null) {
    blocks.push({ kind: 'note', text: `The test transaction ${run.session_id} was free of charge.` });
  }
  return {
    title: `Commissioning report ${report.number}`,
    author: report.organization.name,
    createdAt: report.ended_at ?? report.started_at,
    footer: `${charger.identity ?? charger.id} · ${report.number}`,
    blocks,
  };
}

function inZone(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone });
  return `${format.format(at)} (${timeZone})`;
}

/** What a step found, in words: plain values by their names, lists by their length and first entries. */
function findingOf(detail: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(detail).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    const label = name.replaceAll('_', ' ');
    if (typeof value !== 'object') return [`${label} ${String(value)}`];
    return [`${label}: ${Array.isArray(value) ? value.map(entryOf).join(', ') : entryOf(value)}`];
  });
  return parts.join('; ').slice(0, LONGEST_FINDING);
}

const entryOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.values(value)
        .filter((each) => each !== null)
        .map(String)
        .join(' ')
    : String(value);
