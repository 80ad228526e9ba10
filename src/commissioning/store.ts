/** Hot SQL of the room: runs and lifecycles as the participant loads and saves them, and what the sweep finds. */
import { storableJson } from '../commands/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { CommissioningInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import { loadFacts } from './facts-store.ts';
import type { CommissioningState, Lifecycle, Run, StepRow } from './types.ts';

type Column = readonly [field: keyof Run, column: string, type: string];
const BIRTH: readonly Column[] = [
  ['id', 'id', 'text'],
  ['templateId', 'template_id', 'text'],
  ['skipTest', 'skip_test', 'bool'],
  ['expected', 'expected', 'jsonb'],
  ['stepTimeoutS', 'step_timeout_s', 'int4'],
  ['testToken', 'test_token', 'text'],
  ['lifecycleBefore', 'lifecycle_before', 'text'],
  ['requestedBy', 'requested_by', 'text'],
  ['createdAt', 'created_at', 'timestamptz'],
  ['deadlineAt', 'deadline_at', 'timestamptz'],
];
const LIFE: readonly Column[] = [
  ['status', 'status', 'text'],
  ['phase', 'phase', 'text'],
  ['commandId', 'command_id', 'text'],
  ['changeId', 'change_id', 'text'],
  ['sessionId', 'session_id', 'text'],
  ['tries', 'tries', 'int4'],
  ['askedAt', 'asked_at', 'timestamptz'],
  ['bootsBefore', 'boots_before', 'int4'],
  ['phaseAt', 'phase_at', 'timestamptz'],
  ['asks', 'asks', 'int4'],
  ['steps', 'steps', 'jsonb'],
  ['failure', 'failure', 'jsonb'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['completedAt', 'completed_at', 'timestamptz'],
];
const COLUMNS = [...BIRTH, ...LIFE];
export const FIELDS = COLUMNS.map(([field, column]) => `r.${column} AS "${field}"`).join(', ');

// Plans: charge_points_pkey; commissioning_runs_open_by_charge_point, which holds open ones only.
const LOAD: Statement = {
  name: 'commissioning_load',
  text: `SELECT c.id AS "chargePointId", c.lifecycle, ${FIELDS}
           FROM charge_points c
           LEFT JOIN commissioning_runs r ON r.charge_point_id = c.id AND r.due_at IS NOT NULL
          WHERE c.id = ANY($1::text[])`,
};

/** As jsonb gives it back: instants are texts. */
type StoredStep = Omit<StepRow, 'startedAt' | 'endedAt'> & {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
};
export type StoredRun = Omit<Run, 'steps'> & { readonly steps: readonly StoredStep[] };
type Loaded = { readonly chargePointId: string; readonly lifecycle: Lifecycle } & (
  | StoredRun
  | { readonly [Field in keyof Run]: null }
);

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
export const runOf = ({ steps, ...row }: StoredRun): Run => ({
  ...row,
  steps: steps.map((step) => ({ ...step, startedAt: instant(step.startedAt), endedAt: instant(step.endedAt) })),
});

export async function loadCommissioning(
  tx: Tx,
  inputs: readonly CommissioningInput[],
): Promise<Map<string, CommissioningState>> {
  const ids = inputs.map(({ chargePointId }) => chargePointId);
  const [rows, facts] = await Promise.all([tx.rows<Loaded>(LOAD, [ids]), loadFacts(tx, ids)]);
  const states = new Map<string, CommissioningState>();
  for (const { chargePointId, lifecycle, ...row } of rows) {
    const known = facts.get(chargePointId);
    if (known === undefined) continue;
    states.set(chargePointId, { lifecycle, run: row.id === null ? undefined : runOf(row), facts: known });
  }
  return states;
}

const SAVE: Statement = {
  name: 'commissioning_save',
  text: `INSERT INTO commissioning_runs (organization_id, charge_point_id, test_token_key, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], ${COLUMNS.map(([, , type], i) => `$${i + 4}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${LIFE.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};
const SAVE_LIFECYCLES: Statement = {
  name: 'commissioning_save_lifecycles',
  text: `UPDATE charge_points c SET lifecycle = v.lifecycle FROM unnest($1::text[], $2::text[]) AS v(id, lifecycle) WHERE c.id = v.id`,
};

type Change = { readonly root: Root; readonly before: CommissioningState; readonly after: CommissioningState };

export async function saveCommissioning(tx: Tx, changes: readonly Change[]): Promise<void> {
  const runs = changes.flatMap(({ root, before, after: { run } }) =>
    run === undefined || run === before.run ? [] : [{ root, run }],
  );
  const lives = changes.filter(({ before, after }) => before.lifecycle !== after.lifecycle);
  const sent: Promise<unknown>[] = [];
  if (runs.length > 0) {
    sent.push(
      tx.rows(SAVE, [
        runs.map(({ root }) => root.organizationId),
        runs.map(({ root }) => root.chargePointId),
        runs.map(({ run }) => tokenKey(run.testToken)),
        ...COLUMNS.map(([field, , type]) => runs.map(({ run }) => stored(run[field], type))),
      ]),
    );
  }
  if (lives.length > 0) {
    const ids = lives.map(({ root }) => root.chargePointId);
    sent.push(tx.rows(SAVE_LIFECYCLES, [ids, lives.map(({ after }) => after.lifecycle)]));
  }
  await Promise.all(sent);
}

/** What a charger answered stands in steps and failure. */
const stored = (value: unknown, type: string): unknown =>
  type === 'jsonb' && value !== null ? storableJson(JSON.parse(JSON.stringify(value))) : value;

// Plan: commissioning_runs_due, which holds open ones only.
const DUE: Statement = {
  name: 'commissioning_due',
  text: `SELECT r.id, r.charge_point_id AS "chargePointId" FROM commissioning_runs r WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT $2`,
};
// Of charge points whose deletion ended nothing yet (it does since handovers/deletion-store.ts): they have no door any more.
const CLOSE_ORPHANS: Statement = {
  name: 'commissioning_close_orphans',
  text: `UPDATE commissioning_runs r SET status = 'cancelled', phase = 'cancelled', due_at = NULL, completed_at = $1
          WHERE r.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = r.charge_point_id)`,
};
export type DueRun = { readonly id: string; readonly chargePointId: string };
export const dueRuns = (db: Tx, now: Date, limit: number): Promise<DueRun[]> => db.rows<DueRun>(DUE, [now, limit]);
export async function closeOrphans(db: Tx, now: Date): Promise<void> {
  await db.rows(CLOSE_ORPHANS, [now]);
}
