/** After every step of the machine: what became of the costs of the sessions that it changed. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { SessionRow, SessionState } from '../types.ts';
import { doubted } from './cost.ts';
import { shownToDriver } from './driver.ts';
import { type Next, put } from './shared.ts';
import { type Telling, told } from './tell.ts';

/** While it runs nobody is told anything wrong by waiting, and more may be out of order. */
const REPRICE_RUNNING_MS = 20_000;

export function priced(before: SessionState, step: Next, chargePointId: string, telling: Telling): Next {
  let { state } = step;
  const effects: Effect[] = [];
  for (const [id, session] of step.state.sessions) {
    const known = before.sessions.get(id);
    if (session === known || session.cost === null) continue;
    const doubtful = known !== undefined && known.endedAt !== null ? comparedWith(known, session) : session;
    const open = doubtful.endedAt === null ? told(doubtful, telling) : { session: doubtful, effects: [] };
    const done = numbered(known, open.session, chargePointId, telling.now);
    const about = { chargePointId, receivedAt: telling.heardAt };
    const shown = shownToDriver(known, done.session, about, telling.words);
    effects.push(...open.effects, ...done.effects, ...shown);
    if (done.session !== session) state = put(state, done.session);
  }
  return state === step.state ? step : { ...step, state, effects: [...step.effects, ...effects] };
}

/** The figures of an ended session changed, and its cost was told already. A person looks at what is new to look at. */
function comparedWith(known: SessionRow, session: SessionRow): SessionRow {
  const isSame =
    known.energyWh === session.energyWh &&
    known.meterStartWh === session.meterStartWh &&
    known.startedAt.getTime() === session.startedAt.getTime() &&
    known.endedAt?.getTime() === session.endedAt?.getTime();
  if (isSame) return session;
  return doubted(session, session.flags.find((each) => !known.flags.includes(each)) ?? 'late_figures');
}

function numbered(known: SessionRow | undefined, session: SessionRow, chargePointId: string, now: Date) {
  const effects: Effect[] = [];
  const { cost } = session;
  if (cost === null || cost === known?.cost) return { session, effects };
  const revision = (known?.cost?.revision ?? 0) + 1;
  if (cost.repriceReason === null) return { session: { ...session, cost: { ...cost, revision } }, effects };
  const isOpen = session.endedAt === null;
  const waits = isOpen ? (cost.repriceAt ?? new Date(now.getTime() + REPRICE_RUNNING_MS)) : now;
  if (!isOpen) effects.push({ do: 'wake', wake: { wake: 'repricing', chargePointId } });
  return { session: { ...session, cost: { ...cost, revision, repriceAt: waits } }, effects };
}
