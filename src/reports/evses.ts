/** The report of EVSEs: how the time of each was spent, and what it delivered and earned. */
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { connectionsOf, type EvseRow, type EvsesWanted, maintenanceOf, sessionSpansOf, toldOf } from './evse-store.ts';
import { maintenanceSpans } from './maintenance.ts';
import type { Range } from './range.ts';
import { type Group, groupsOf } from './totals.ts';
import { totals } from './totals-store.ts';
import { type Usage, usageOf } from './usage.ts';

type Needs = { readonly db: Pick<Database, 'rows'> };

export type EvseReport = EvseRow & { readonly usage: Usage; readonly group: Group | undefined };

/** Stations whose history is in memory at a time. */
const STATIONS = 4;
const MOST_ROWS = 250_000;

/** In the order of `rows`. `now`: beyond it nothing has happened. */
export async function reportEvses(
  { db }: Needs,
  { organizationId }: EvsesWanted,
  rows: readonly EvseRow[],
  range: Range,
  now: Date,
): Promise<EvseReport[]> {
  const past = {
    from: range.from,
    to: new Date(Math.max(range.from.getTime(), Math.min(range.to.getTime(), now.getTime()))),
  };
  const ids = [...new Set(rows.map((row) => row.chargePointId))];
  const reports: EvseReport[] = [];
  for (let first = 0; first < ids.length; first += STATIONS) {
    const chargePointIds = ids.slice(first, first + STATIONS);
    const mine = rows.filter((row) => chargePointIds.includes(row.chargePointId));
    const groups = await groupsOfEvses(db, { organizationId, chargePointIds, range, now });
    const usages = await usagesOf(db, { organizationId, chargePointIds, now }, mine, past);
    for (const row of mine) {
      const group = groups.get(`${row.chargePointId} ${row.evseId}`);
      reports.push({ ...row, usage: usages(row), group });
    }
  }
  return reports;
}

async function groupsOfEvses(
  db: Needs['db'],
  of: { organizationId: string; chargePointIds: readonly string[]; range: Range; now: Date },
): Promise<Map<string, Group>> {
  const { organizationId, chargePointIds, range, now } = of;
  const wanted = { organizationId, by: 'started', ...range, chargePointIds, now } as const;
  const parts = await totals(db, wanted, 'evse', { after: undefined, limit: MOST_ROWS });
  return new Map(
    groupsOf(parts).map((group) => {
      const [id = '', evse = ''] = group.key.split(' ');
      return [`${id} ${Number(evse)}`, group];
    }),
  );
}

type Of = { readonly organizationId: string; readonly chargePointIds: readonly string[]; readonly now: Date };

/** Beyond the bound on rows: a 400. */
export async function usagesOf(
  db: Needs['db'],
  of: Of,
  rows: readonly EvseRow[],
  past: Range,
): Promise<(row: EvseRow) => Usage> {
  const numbers = [...new Set(rows.map((row) => row.number))];
  const connections = bounded(await connectionsOf(db, numbers, past, MOST_ROWS));
  const told = bounded(await toldOf(db, numbers, past, MOST_ROWS));
  const sessions = bounded(await sessionSpansOf(db, of, past, MOST_ROWS));
  const scopes = [
    ...new Set(
      rows.flatMap(({ chargePointId, siteId }) => (siteId === null ? [chargePointId] : [chargePointId, siteId])),
    ),
  ];
  const windows = await maintenanceOf(db, of.organizationId, scopes, past);
  return ({ chargePointId, siteId, number, evseId }) => {
    const scopesHere = new Set(['', chargePointId, siteId]);
    const mine = told.filter((each) => each.number === number);
    const connectorIds = [...new Set(mine.flatMap((each) => (each.evseId === evseId ? [each.connectorId] : [])))];
    return usageOf(
      {
        connections: connections.filter((each) => each.number === number),
        station: mine.filter((each) => each.evseId === 0),
        connectors: connectorIds.map((id) => mine.filter((each) => each.evseId === evseId && each.connectorId === id)),
        sessions: sessions.filter((each) => each.chargePointId === chargePointId && each.evseId === evseId),
        maintenance: windows.flatMap((each) => (scopesHere.has(each.scopeId) ? maintenanceSpans(each, past) : [])),
      },
      past,
    );
  };
}

function bounded<T>(rows: T[]): T[] {
  if (rows.length < MOST_ROWS) return rows;
  const message = 'holds too many changes of these charge points; ask for a shorter one';
  throw new AppError('validation_failed', `The range ${message}`, { details: [{ field: 'from', message }] });
}
