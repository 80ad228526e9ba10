/**
 * A charge point with one connector, as the engine would run its machines, with what the stores keep: what its messages come to while
 * they come in, and what their recordings come to afterwards.
 */
import { decide as decideStation } from '../../src/charge-points/machine.ts';
import { connectorKey, type StationState } from '../../src/charge-points/types.ts';
import type { DomainEventInput } from '../../src/events/index.ts';
import type { Effect } from '../../src/ingest/contract.ts';
import type { CommandInput, Input, RepriceReply, SessionInput, StationInput } from '../../src/ingest/inputs.ts';
import { contextNumber } from '../../src/meter/contexts.ts';
import { type Cost, planOf, price, type Terms, tallyOf } from '../../src/pricing/index.ts';
import type { Told } from '../../src/sessions/machine/course.ts';
import type { Words } from '../../src/sessions/machine/driver.ts';
import { decide } from '../../src/sessions/machine.ts';
import { type Reading, timelineOf } from '../../src/sessions/timeline.ts';
import type { Correction, Count, Holding, Manner, Place, SessionRow, SessionState } from '../../src/sessions/types.ts';
import { nothing } from './support.ts';

export const ZONE = 'Europe/Berlin';
const DAY_MS = 86_400_000;

export const holding = (terms: Terms, more: Partial<Holding> = {}): Holding => ({
  tariffId: 'tar_1',
  version: 1,
  level: 'organization',
  targetId: 'org_1',
  plan: planOf(terms, ZONE),
  ...more,
});

const station = (protocol: string): StationState =>
  ({
    row: { protocol, connected: true },
    settings: { registration: 'accepted', heartbeatIntervalS: 300 },
    connectors: new Map(),
    history: [],
  }) as unknown as StationState;

type Kept = Reading & { readonly context: number; readonly transactionId: number | null };

export function costWorld(
  protocol: 'ocpp1.6' | 'ocpp2.0.1',
  holdings: readonly Holding[],
  costEveryMs = 30_000,
  {
    shownBy = null,
    words,
    manner,
  }: { readonly shownBy?: Place['shownBy']; readonly words?: Words; readonly manner?: Partial<Manner> } = {},
) {
  let stations = station(protocol);
  let state: SessionState = nothing;
  const samples = new Map<string, Kept>();
  const history: (Told & { readonly receivedAt: Date })[] = [];
  const states: Told[] = [];
  const created = new Map<string, Date>();
  const events: Extract<DomainEventInput, { type: 'session.cost_updated' | 'session.ended' }>[] = [];
  const corrections: Correction[] = [];
  const commands: Extract<CommandInput, { type: 'requested' }>[] = [];
  let reply: unknown;
  let reprices = 0;
  /** As the table of reservations keeps it. */
  let reservedFrom: Date | undefined;

  function take(input: Input): void {
    if (input.room === 'stations') takeStation(input);
    if (input.room === 'sessions') takeSession(input);
    if (input.room === 'sessions' && input.type === 'reserved') reservedFrom = input.from;
    if (input.room === 'commands' && input.type === 'requested') commands.push(input);
    if (input.room !== 'meter') return;
    for (const { at, energyWh, context } of input.readings) {
      const key = `${at.at.getTime()} ${contextNumber(context)} ${input.evseId}`;
      const sample = {
        at: at.at,
        energyWh: energyWh ?? null,
        context: contextNumber(context),
        transactionId: input.transactionId,
      };
      if (!samples.has(key)) samples.set(key, sample);
    }
  }
  function takeStation(input: StationInput): void {
    const step = decideStation({ ...stations, history: [] }, input);
    stations = step.state;
    if (input.type === 'status_reported')
      for (const { at, status, receivedAt } of stations.history) history.push({ at, state: status, receivedAt });
    after(step.effects);
  }
  function takeSession(input: SessionInput): void {
    const connector = stations.connectors.get(connectorKey(1, 1));
    const told = connector === undefined ? null : { at: connector.statusAt, state: connector.status };
    const place: Place = {
      timezone: ZONE,
      currency: 'EUR',
      isFree: false,
      holdings,
      told: protocol === 'ocpp1.6' ? told : null,
      shownBy,
      manner: { language: 'en', languages: [], receiptUrl: null, isIdleAfterStop: false, hasDetails: false, ...manner },
      ...{ languages: new Map(), texts: new Map() },
    };
    const seen = input.type === 'transaction_event' ? logged(input.event.seqNo) : [];
    const context = { now: input.receivedAt, costEveryMs, words };
    const step = decide({ ...state, seen, log: [], corrections: [], place }, input, context);
    state = step.state;
    for (const id of state.sessions.keys()) if (!created.has(id)) created.set(id, input.receivedAt);
    for (const { input: each, outcome } of state.log) {
      log.push({ seqNo: each.event.seqNo, digest: each.event.digest });
      if (each.event.chargingState !== undefined && outcome !== 'reused')
        states.push({ at: each.event.at.at, state: each.event.chargingState });
    }
    corrections.push(...state.corrections);
    after(step.effects);
  }
  const log: { seqNo: number; digest: string }[] = [];
  const logged = (seqNo: number) => log.flatMap((each) => (each.seqNo === seqNo ? [each.digest] : []));

  function after(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (
        effect.do === 'emit' &&
        (effect.event.type === 'session.cost_updated' || effect.event.type === 'session.ended')
      )
        events.push(effect.event);
      if (effect.do === 'reply') reply = effect.value;
    }
    for (const effect of effects) if (effect.do === 'feed') take(effect.input);
  }

  function recordings(session: SessionRow, now: Date) {
    const isOpen = session.endedAt === null;
    const until = session.endedAt ?? new Date(now.getTime() + DAY_MS);
    const readings = [...samples.values()]
      .filter(({ transactionId }) => transactionId === session.transactionId)
      .sort((a, b) => a.at.getTime() - b.at.getTime() || a.context - b.context);
    const since = created.get(session.id) ?? session.startedAt;
    const told =
      protocol === 'ocpp1.6'
        ? history.filter(({ at, receivedAt }) => at > session.startedAt || receivedAt > since)
        : states;
    const { unpluggedAt = null, manner: frozen } = session.cost ?? {};
    const leaving = { unpluggedAt, isIdleAfterStop: frozen?.isIdleAfterStop ?? false };
    return timelineOf({ ...session, until, isOpen, reservedFrom, ...leaving }, readings, told, ZONE);
  }

  const of = (id: string): SessionRow => {
    const session = state.sessions.get(id);
    if (session === undefined) throw new Error(`there is no session ${id}`);
    return session;
  };

  return {
    take,
    events,
    commands,
    corrections,
    samples,
    session: of,
    sessions: () => [...state.sessions.values()],
    reply: () => reply,
    /** As billing/review-store.ts does it. */
    correct(id: string, figures: Partial<Pick<SessionRow, 'energyWh' | 'endedAt'>>): void {
      const session = of(id);
      if (session.cost === null) throw new Error('it has no tariff');
      const cost = { ...session.cost, reviewStatus: 'corrected' as const, revision: session.cost.revision + 1 };
      const flags = [...session.flags, 'corrected_by_person'];
      state = { ...state, sessions: new Map(state.sessions).set(id, { ...session, ...figures, flags, cost }) };
    },
    /** As recordedTimeline and price would have it. */
    recorded(id: string, now: Date): Cost {
      const session = of(id);
      const { cost } = session;
      if (cost === null) throw new Error('it has no tariff');
      return price(recordings(session, now).timeline, cost.plan.terms);
    },
    /** As sessions/reprice.ts does it. */
    reprice(id: string, now: Date, asked?: { by: string; reason: string }): RepriceReply {
      const session = of(id);
      if (session.cost === null) throw new Error('it has no tariff');
      const { timeline, course } = recordings(session, now);
      const count: Count = {
        tally: tallyOf(timeline, session.cost.plan),
        course,
        heardAt: now.getTime(),
        reservedFrom: timeline.reservation?.from.getTime(),
        lost: null,
      };
      reprices += 1;
      take({
        room: 'sessions',
        type: 'repriced',
        place: 'here',
        chargePointId: 'cp_1',
        receivedAt: now,
        sessionId: id,
        revision: session.cost.revision,
        outcome: { at: 'counted', count },
        correctionId: `ccr_${reprices}`,
        ...(asked !== undefined && { asked }),
      });
      return reply as RepriceReply;
    },
  };
}
export type CostWorld = ReturnType<typeof costWorld>;
