/** What each move of an update changes beside its status: times, events, what is remembered. Pure. */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { Move, UpdateRow, UpdateState } from '../types.ts';
import { edge, failures } from './edges.ts';

export type Next = Step<UpdateState>;
/** Without a change of status: it has begun, it is alive; what the next boot said of an installed one. */
type Remark = 'started' | 'alive' | 'proven' | 'disproven' | 'unproven';

const DAY_MS = 86_400_000;
/** How long the boot is waited for that proves an installed version. */
const VERIFY_MS = DAY_MS;
const MOST_HISTORY = 50;

export const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
const latest = (a: Date, b: Date | null): Date => (b !== null && b > a ? b : a);
export const put = (state: UpdateState, row: UpdateRow): UpdateState => ({
  updates: new Map(state.updates).set(row.id, row),
});
export const stay = (state: UpdateState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});

/** Chargers write versions in ways of their own: another one than before counts too. */
export const isNewVersion = ({ targetVersion, fromVersion }: UpdateRow, version: string): boolean =>
  version !== '' && (version === targetVersion || (fromVersion !== null && version !== fromVersion));

const isProven = (row: UpdateRow): boolean => row.bootedVersion !== null && isNewVersion(row, row.bootedVersion);

/** Tried again while tries are left; else `end`. */
export function failedMove(
  state: UpdateState,
  row: UpdateRow,
  end: 'download_failed' | 'expire',
  now: Date,
  change: Partial<UpdateRow>,
): Next {
  if (edge(row.status, 'retry') === undefined || row.attempts >= row.maxAttempts)
    return go(state, row, end, now, { errorCode: 'download_failed', ...change });
  const waitMs = Math.min(row.retryDelayS * 1000 * 2 ** Math.min(row.attempts - 1, 20), DAY_MS);
  const dueAt = later(now, waitMs);
  return go(state, row, 'retry', now, { ...change, dueAt, expiresAt: latest(later(dueAt, DAY_MS), row.expiresAt) });
}

export function go(
  state: UpdateState,
  row: UpdateRow,
  move: Move | Remark,
  now: Date,
  change: Partial<UpdateRow> = {},
): Next {
  if (move === 'started' || move === 'alive') return remark(state, row, move, now, change);
  if (move === 'disproven') return disproven(state, { ...row, ...change }, now);
  if (move === 'proven' || move === 'unproven')
    return saved(state, { ...row, ...change, verified: move === 'proven', dueAt: null }, now);
  return moved(state, row, move, now, change);
}

const saved = (state: UpdateState, row: UpdateRow, now: Date, effects: readonly Effect[] = []): Next => ({
  state: put(state, { ...row, updatedAt: now }),
  effects,
});

function remark(
  state: UpdateState,
  row: UpdateRow,
  move: 'started' | 'alive',
  now: Date,
  change: Partial<UpdateRow>,
): Next {
  if (edge(row.status, 'installed') === undefined) return stay(state, 'ended');
  if (move === 'started') {
    if (row.startedAt !== null) return stay(state, 'unchanged');
    const dueAt = latest(stageEnd(row, now), row.dueAt);
    return saved(state, { ...row, startedAt: now, dueAt }, now, [started(row, now)]);
  }
  // DownloadScheduled, DownloadPaused, InstallScheduled, and what vendors say: the charger waits for something, a session perhaps.
  return saved(state, { ...row, ...change, dueAt: latest(later(stageEnd(row, now), DAY_MS), row.dueAt) }, now);
}

function moved(state: UpdateState, before: UpdateRow, move: Move, now: Date, change: Partial<UpdateRow>): Next {
  const status = edge(before.status, move);
  if (status === undefined)
    return stay(state, edge(before.status, 'installed') === undefined ? 'ended' : 'out_of_order');
  // A boot with the old version before it began to install, or before it went on with it, proves nothing.
  const forgotten = status === 'installing' && !isProven(before) ? { bootedVersion: null } : {};
  if (status === before.status) {
    const dueAt = latest(stageEnd(before, now), before.dueAt);
    return saved(state, { ...before, ...change, ...forgotten, dueAt }, now);
  }
  const said = change.chargerStatus ?? change.errorCode ?? undefined;
  const past = { status, at: now.toISOString(), ...(said !== undefined && { said }) };
  let row: UpdateRow = {
    ...before,
    ...change,
    ...forgotten,
    status,
    history: [...before.history, past].slice(-MOST_HISTORY),
    updatedAt: now,
  };
  const effects: Effect[] = [];
  const isProgress = ['downloading', 'downloaded', 'verifying', 'installing', 'installed'].includes(status);
  if (isProgress && row.startedAt === null) {
    effects.push(started(row, now));
    row = { ...row, startedAt: now };
  }
  if (status === 'installed') return installed(state, row, now, effects);
  if (edge(status, 'installed') === undefined) {
    const hasFailed = failures.has(status);
    row = { ...row, endedAt: now, dueAt: null, ...(hasFailed && { failedAt: now }) };
    // What was told to have begun is told to have ended, also when it was called off.
    if (hasFailed || row.startedAt !== null) effects.push(failed(row, now));
  } else if (status !== 'scheduled') row = { ...row, dueAt: stageEnd(row, now), ...(isProgress && cleared) };
  return { state: put(state, row), effects };
}

const cleared = { errorCode: null, errorMessage: null } as const;

/**
 * The next boot proves it, or has done so. One with the old version that came before decides only where no other follows: chargers
 * boot in the middle of it, into their updater or with each connection.
 */
function installed(state: UpdateState, row: UpdateRow, now: Date, effects: readonly Effect[]): Next {
  const proof = isProven(row) ? { verified: true, dueAt: null } : { verified: null, dueAt: later(now, VERIFY_MS) };
  const next: UpdateRow = { ...row, ...cleared, endedAt: now, ...proof };
  return { state: put(state, next), effects: [...effects, completed(next, now)] };
}

/** It says Installed, and boots with the version of before. */
function disproven(state: UpdateState, row: UpdateRow, now: Date): Next {
  const next: UpdateRow = {
    ...row,
    ...{ verified: false, dueAt: null, failedAt: now, updatedAt: now, errorCode: 'version_unchanged' },
    errorMessage: `The charger said Installed, and booted with ${row.bootedVersion ?? 'no version'}`,
  };
  return { state: put(state, next), effects: [failed(next, now)] };
}

/** Until when the stage must have moved on. */
function stageEnd({ status, retrieveAt, installAt, stageTimeoutS }: UpdateRow, now: Date): Date {
  const waitsFor =
    status === 'sent' ? retrieveAt : status === 'downloaded' || status === 'verifying' ? installAt : null;
  return later(latest(now, waitsFor), stageTimeoutS * 1000);
}

type Emitted = Extract<Effect, { do: 'emit' }>;
/** What every event of an update says. */
const ofUpdate = (row: UpdateRow) => ({
  update_id: row.id,
  rollout_id: row.rolloutId,
  from_version: row.fromVersion,
});
const started = (row: UpdateRow, now: Date): Emitted => ({
  do: 'emit',
  event: {
    type: 'firmware.update_started',
    occurredAt: now,
    receivedAt: now,
    data: {
      ...ofUpdate(row),
      target_version: row.targetVersion,
      requested_at: row.createdAt.toISOString(),
    },
  },
});
const completed = (row: UpdateRow, now: Date): Emitted => ({
  do: 'emit',
  event: {
    type: 'firmware.update_completed',
    occurredAt: now,
    receivedAt: now,
    data: {
      ...ofUpdate(row),
      to_version: (row.verified === true && row.bootedVersion) || row.targetVersion,
      verified: row.verified === true,
    },
  },
});
const failed = (row: UpdateRow, now: Date): Emitted => ({
  do: 'emit',
  event: {
    type: 'firmware.update_failed',
    occurredAt: now,
    receivedAt: now,
    data: {
      ...ofUpdate(row),
      target_version: row.targetVersion,
      status: row.status,
      code: row.errorCode ?? row.status,
      message: row.errorMessage ?? '',
      attempts: row.attempts,
    },
  },
});
