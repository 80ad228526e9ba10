/**
 * What became of firmware that a charger was asked to install or to publish (2.0.1 L01–L04, and 1.6's UpdateFirmware): each status
 * is kept with its request, in any order; nothing is refused. Pure. It judges nothing: whether an update has failed, and what
 * follows from it, is for whoever reads the record.
 */
import type { Step } from '../ingest/contract.ts';
import type { EndedCommand, FirmwareInput } from '../ingest/inputs.ts';
import type { FirmwareKind, FirmwareRow, FirmwareState, SaidStatus } from './types.ts';

type Input<T extends FirmwareInput['type']> = Extract<FirmwareInput, { type: T }>;
type Next = Step<FirmwareState>;

/** Of one request; the newest stay. A charger that tells its progress every second fills no table. */
const MOST_STATUSES = 50;
const MOST_LOCATIONS = 20;

export function decide(state: FirmwareState, input: FirmwareInput, now: Date): Next {
  if (input.type === 'status_reported') return statusReported(state, input, now);
  return input.command.action === 'UnpublishFirmware'
    ? unpublished(state, input.command, now)
    : asked(state, input.command, now);
}

const kindOf = ({ action }: EndedCommand): FirmwareKind => (action === 'PublishFirmware' ? 'publish' : 'update');

/** A request that was never sent has told the charger nothing. What was not answered may be under way all the same. */
function asked(state: FirmwareState, command: EndedCommand, now: Date): Next {
  const known = [...state.rows.values()].find(({ commandId }) => commandId === command.id);
  const said = command.result?.['status'];
  const ended = {
    outcome: command.status,
    answer: typeof said === 'string' ? said.slice(0, 50) : null,
    updatedAt: now,
  };
  if (known !== undefined) return { state: put(state, { ...known, ...ended }), effects: [] };
  const { payload } = command;
  const firmware = recordIn(payload['firmware']);
  const row: FirmwareRow = {
    id: command.id.replace(/^cmd_/, 'fwr_'),
    kind: kindOf(command),
    requestId: int32(payload['requestId']),
    commandId: command.id,
    location: textIn(firmware['location'] ?? payload['location'], 2000),
    checksum: textIn(payload['checksum'], 64)?.toLowerCase() ?? null,
    signed: typeof firmware['signature'] === 'string',
    ...ended,
    status: null,
    statusAt: null,
    statuses: [],
    locations: [],
    publishedAt: null,
    unpublishedAt: null,
    createdAt: now,
  };
  return { state: put(state, row), effects: [] };
}

/** By its request id; without one (1.6 core), the newest. Idle is only ever the answer to a trigger (L01.FR.25). */
function statusReported(state: FirmwareState, input: Input<'status_reported'>, now: Date): Next {
  if (input.status === 'Idle') return stay(state, 'idle');
  const { kind, requestId, info } = input;
  const row = newest(state, (each) => each.kind === kind && (requestId === undefined || each.requestId === requestId));
  if (row === undefined) return stay(state, 'unknown');
  const said: SaidStatus = {
    status: input.status,
    at: input.receivedAt.toISOString(),
    ...(info !== undefined && { info }),
  };
  const isPublished = kind === 'publish' && input.status === 'Published';
  const next: FirmwareRow = {
    ...row,
    status: input.status,
    statusAt: input.receivedAt,
    statuses: [...row.statuses, said].slice(-MOST_STATUSES),
    ...(isPublished && {
      locations: (input.locations ?? []).slice(0, MOST_LOCATIONS),
      publishedAt: input.receivedAt,
      unpublishedAt: null,
    }),
    updatedAt: now,
  };
  return { state: put(state, next), effects: [] };
}

/** L04: by its checksum. A controller that has no such firmware does not offer it either; DownloadOngoing: it still does. */
function unpublished(state: FirmwareState, command: EndedCommand, now: Date): Next {
  const said = command.result?.['status'];
  if (said !== 'Unpublished' && said !== 'NoFirmware') return stay(state, 'still_published');
  const checksum = textIn(command.payload['checksum'], 64)?.toLowerCase();
  let after = state;
  for (const row of state.rows.values()) {
    const isMeant = row.kind === 'publish' && row.checksum === checksum && row.publishedAt !== null;
    if (isMeant && row.unpublishedAt === null) after = put(after, { ...row, unpublishedAt: now, updatedAt: now });
  }
  return after === state ? stay(state, 'unknown') : { state: after, effects: [] };
}

function newest(state: FirmwareState, isMeant: (row: FirmwareRow) => boolean): FirmwareRow | undefined {
  let best: FirmwareRow | undefined;
  for (const row of state.rows.values()) if (isMeant(row) && (best === undefined || row.id > best.id)) best = row;
  return best;
}

/** What a laboratory sent unchecked may be anything. */
const recordIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const textIn = (value: unknown, most: number): string | null =>
  typeof value === 'string' ? value.slice(0, most) : null;
const int32 = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2_147_483_647 ? value : null;

const put = (state: FirmwareState, row: FirmwareRow): FirmwareState => ({ rows: new Map(state.rows).set(row.id, row) });
const stay = (state: FirmwareState, ignored: string): Next => ({ state, effects: [], ignored });
