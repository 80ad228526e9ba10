/** One connector: cable, car, meter and the session on it. Says what happens; knows neither OCPP messages nor the network. */
import { type ChargeState, flow, read, secondsUntil } from './battery.ts';
import type { Timers } from './clock.ts';
import type {
  Car,
  ConnectorSpec,
  ConnectorStatus,
  HeldReservation,
  LocalSession,
  Reading,
  SimulatorClock,
  StopReason,
} from './types.ts';

export type ConnectorNeeds = {
  readonly id: number;
  readonly spec: ConnectorSpec;
  readonly clock: SimulatorClock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly newLocalId: () => string;
  /** Seconds between periodic readings; 0: none. */
  readonly sampleIntervalS: () => number;
  /** How long an authorized driver may take to plug in. */
  readonly connectionTimeoutS: () => number;
  readonly changed: (connector: Connector) => void;
  readonly telling: Telling;
};

/** What happens on a connector that a CSMS may want to hear of. */
export type Telling = {
  plugged?(connectorId: number): void;
  unplugged?(connectorId: number): void;
  /** Somebody may charge, and has not plugged in yet. */
  presented?(connectorId: number, token: string, order: Order): void;
  /** … and never did. */
  neverPlugged?(connectorId: number): void;
  started(session: LocalSession): void;
  /** A reservation ended without being used or cancelled. */
  reservationOver?(connectorId: number, reservationId: number, how: 'Expired' | 'Removed'): void;
  /** Current was interrupted, or flows again. */
  flowChanged?(session: LocalSession): void;
  metered(session: LocalSession, reading: Reading): void;
  ended(session: LocalSession): void;
};

/** What a session was begun for, besides a token. */
export type Order = { readonly reservationId?: number; readonly remoteStartId?: number };

export type Goal = { readonly energyWh?: number; readonly seconds?: number };

export type Connector = {
  readonly id: number;
  readonly spec: ConnectorSpec;
  status(): ConnectorStatus;
  errorCode(): string;
  session(): Readonly<LocalSession> | undefined;
  isPlugged(): boolean;
  isFree(): boolean;
  /** Which connector of the EVSE holds the cable; 0: none. */
  pluggedInto(): number;
  plug(car: Car, plug?: number): void;
  unplug(): void;
  /** A token that may charge: begins now, or when the cable comes. */
  present(token: string, order?: Order): void;
  /** Forgets who may charge and has not plugged in. */
  dismiss(): void;
  /** OCPP 1.6 §7.44: why not, or that it is kept free from now on. A reservation with the same number is replaced. */
  reserve(reservation: HeldReservation): 'Accepted' | 'Faulted' | 'Occupied' | 'Unavailable';
  /** False: it holds no such reservation. */
  release(reservationId: number): boolean;
  /** False: it is kept free for somebody else. */
  isFor(token: string, parentIdTag: string | undefined): boolean;
  /** Loses its reservation, as memory does with the power. */
  forget(): void;
  suspend(by: 'EV' | 'EVSE'): void;
  resume(): void;
  stop(reason: StopReason, stopToken?: string): void;
  fault(errorCode: string): void;
  clear(): void;
  setOperative(operative: boolean): 'Accepted' | 'Scheduled';
  /** undefined: as much as the hardware gives. */
  limit(watt: number | undefined): void;
  reading(context: Reading['context']): Reading;
  registerWh(): number;
  /** Resolves when the goal is reached or the session is over, whichever comes first. */
  reached(goal: Goal): Promise<void>;
  /** The sampling interval was changed. */
  retime(): void;
};

const IDLE_CAR: Car = { batteryWh: 60_000, socPercent: 50, maxPowerW: 0 };
/** How far ahead the end of a charge is worked out. */
const HORIZON_S = 12 * 3600;

export function createConnector(needs: ConnectorNeeds): Connector {
  const { id, spec, clock, timers, random, telling } = needs;
  let charge: ChargeState = { spec, car: IDLE_CAR, registerWh: spec.registerWh, socPercent: 50, flowingS: 0 };
  let plugged = 0;
  let session: LocalSession | undefined;
  let finished = false;
  let suspendedBy: 'EV' | 'EVSE' | undefined;
  let faultCode: string | undefined;
  let operative = true;
  let wanted: boolean | undefined;
  let awaited: { readonly token: string; readonly order: Order; cancel(): void } | undefined;
  let reserved: { readonly by: HeldReservation; cancel(): void } | undefined;
  let countedAt = 0;
  let nextSampleAt = Number.POSITIVE_INFINITY;
  let wake: (() => void) | undefined;
  let goals: { readonly registerWh: number; readonly at: number; readonly done: () => void }[] = [];

  const now = (): number => clock.now().getTime();
  const isFlowing = (): boolean => session !== undefined && suspendedBy === undefined;

  function status(): ConnectorStatus {
    if (faultCode !== undefined) return 'Faulted';
    if (session !== undefined) {
      if (suspendedBy === undefined) return 'Charging';
      return suspendedBy === 'EV' ? 'SuspendedEV' : 'SuspendedEVSE';
    }
    if (!operative) return 'Unavailable';
    if (reserved !== undefined && awaited === undefined) return 'Reserved';
    if (plugged > 0) return finished ? 'Finishing' : 'Preparing';
    return awaited === undefined ? 'Available' : 'Preparing';
  }

  /** Brings the register up to this instant. */
  function count(): void {
    const at = now();
    if (isFlowing()) charge = flow(charge, (at - countedAt) / 1000);
    countedAt = at;
    if (session !== undefined) session.energyWh = Math.floor(charge.registerWh) - session.meterStartWh;
  }

  const take = (context: Reading['context']): Reading => read(charge, isFlowing(), clock.now(), context, random);

  function unreserve(): void {
    reserved?.cancel();
    reserved = undefined;
  }

  /** 2.x H01: what cannot be kept any more is given up, and told. */
  function giveUpReservation(): void {
    if (reserved === undefined || telling.reservationOver === undefined) return;
    const { id: reservationId } = reserved.by;
    unreserve();
    telling.reservationOver(id, reservationId, 'Removed');
  }

  function begin(token: string, { reservationId, remoteStartId }: Order): void {
    const held = reserved?.by.id;
    unreserve();
    charge = { ...charge, flowingS: 0 };
    countedAt = now();
    const beginning = take('Transaction.Begin');
    session = {
      localId: needs.newLocalId(),
      connectorId: id,
      token,
      startedAt: beginning.at,
      meterStartWh: beginning.registerWh,
      reservationId: reservationId ?? held,
      remoteStartId,
      plug: plugged,
      begin: beginning,
      transactionId: undefined,
      authorization: undefined,
      startSettled: false,
      energyWh: 0,
      end: undefined,
    };
    suspendedBy = undefined;
    nextSampleAt = Number.POSITIVE_INFINITY;
    telling.started(session);
    needs.changed(connector);
    retime();
  }

  function retime(): void {
    const interval = needs.sampleIntervalS();
    nextSampleAt = session === undefined || interval <= 0 ? Number.POSITIVE_INFINITY : now() + interval * 1000;
    schedule();
  }

  function schedule(): void {
    wake?.();
    wake = undefined;
    if (session === undefined) return;
    const at = now();
    let next = Math.min(nextSampleAt, ...goals.map((goal) => goal.at));
    if (isFlowing()) {
      const limitS = Math.min(HORIZON_S, (next - at) / 1000);
      for (const goal of goals) {
        const seconds = secondsUntil(charge, goal.registerWh - charge.registerWh, limitS);
        if (seconds !== undefined) next = Math.min(next, at + seconds * 1000);
      }
    }
    if (next < Number.POSITIVE_INFINITY) wake = timers.after(Math.max(1, next - at), awake);
  }

  function awake(): void {
    count();
    if (session !== undefined && now() >= nextSampleAt - 1) {
      telling.metered(session, take('Sample.Periodic'));
      const intervalMs = needs.sampleIntervalS() * 1000;
      nextSampleAt = Math.max(nextSampleAt + intervalMs, now() + 1);
    }
    if (isFlowing() && charge.socPercent >= 100) suspend('EV');
    const met = goals.filter((goal) => goal.at <= now() + 1 || charge.registerWh >= goal.registerWh - 0.01);
    goals = goals.filter((goal) => !met.includes(goal));
    for (const goal of met) goal.done();
    schedule();
  }

  function suspend(by: 'EV' | 'EVSE'): void {
    if (session === undefined) return;
    count();
    suspendedBy = by;
    schedule();
    telling.flowChanged?.(session);
    needs.changed(connector);
  }

  function stop(reason: StopReason, stopToken?: string): void {
    if (session === undefined) return;
    count();
    const over = session;
    over.end = { reading: { ...take('Transaction.End'), powerW: 0 }, reason, stopToken };
    over.energyWh = over.end.reading.registerWh - over.meterStartWh;
    session = undefined;
    suspendedBy = undefined;
    finished = true;
    schedule();
    telling.ended(over);
    for (const goal of goals.splice(0)) goal.done();
    if (wanted !== undefined) operative = wanted;
    wanted = undefined;
    needs.changed(connector);
  }

  const connector: Connector = {
    id,
    spec,
    status,
    errorCode: () => faultCode ?? 'NoError',
    session: () => session,
    isPlugged: () => plugged > 0,
    pluggedInto: () => plugged,
    isFree: () => status() === 'Available' || (status() === 'Preparing' && awaited === undefined),
    plug(car, plug = 1) {
      plugged = plug;
      finished = false;
      charge = { ...charge, car, socPercent: car.socPercent, flowingS: 0 };
      telling.plugged?.(id);
      if (awaited !== undefined) {
        const { token, order, cancel } = awaited;
        cancel();
        awaited = undefined;
        begin(token, order);
      } else needs.changed(connector);
    },
    unplug() {
      if (session !== undefined) stop('EVDisconnected');
      plugged = 0;
      finished = false;
      charge = { ...charge, car: IDLE_CAR };
      telling.unplugged?.(id);
      needs.changed(connector);
    },
    present(token, order = {}) {
      if (session !== undefined) return;
      if (plugged > 0) return begin(token, order);
      awaited?.cancel();
      awaited = {
        token,
        order,
        cancel: timers.after(needs.connectionTimeoutS() * 1000, () => {
          awaited = undefined;
          telling.neverPlugged?.(id);
          needs.changed(connector);
        }),
      };
      telling.presented?.(id, token, order);
      needs.changed(connector);
    },
    dismiss() {
      awaited?.cancel();
      awaited = undefined;
      needs.changed(connector);
    },
    reserve(reservation) {
      if (faultCode !== undefined) return 'Faulted';
      if (!operative) return 'Unavailable';
      const isReplaced = reserved?.by.id === reservation.id;
      if (!isReplaced && status() !== 'Available') return 'Occupied';
      unreserve();
      const cancel = timers.after(Math.max(0, reservation.expiresAt.getTime() - now()), () => {
        reserved = undefined;
        telling.reservationOver?.(id, reservation.id, 'Expired');
        needs.changed(connector);
      });
      reserved = { by: reservation, cancel };
      return 'Accepted';
    },
    release(reservationId) {
      if (reserved?.by.id !== reservationId) return false;
      unreserve();
      return true;
    },
    isFor(token, parentIdTag) {
      if (reserved === undefined) return true;
      const { by } = reserved;
      const same = (a: string | undefined, b: string | undefined) =>
        a !== undefined && a.toLowerCase() === b?.toLowerCase();
      return same(by.token, token) || same(by.parentIdTag, parentIdTag);
    },
    forget: unreserve,
    suspend,
    resume() {
      if (session === undefined || suspendedBy === undefined) return;
      count();
      suspendedBy = undefined;
      schedule();
      telling.flowChanged?.(session);
      needs.changed(connector);
    },
    stop,
    fault(code) {
      faultCode = code;
      giveUpReservation();
      if (session !== undefined) stop('Other');
      else needs.changed(connector);
    },
    clear() {
      faultCode = undefined;
      needs.changed(connector);
    },
    setOperative(value) {
      if (session !== undefined && !value) {
        wanted = false;
        return 'Scheduled';
      }
      wanted = undefined;
      operative = value;
      if (!value) giveUpReservation();
      needs.changed(connector);
      return 'Accepted';
    },
    limit(watt) {
      count();
      charge = { ...charge, spec: { ...spec, maxPowerW: Math.min(spec.maxPowerW, watt ?? spec.maxPowerW) } };
      schedule();
    },
    reading(context) {
      count();
      return take(context);
    },
    registerWh() {
      count();
      return Math.floor(charge.registerWh);
    },
    reached: ({ energyWh, seconds }) =>
      new Promise((done) => {
        if (session === undefined) return done();
        goals.push({
          registerWh: energyWh === undefined ? Number.POSITIVE_INFINITY : session.meterStartWh + energyWh,
          at: seconds === undefined ? Number.POSITIVE_INFINITY : session.startedAt.getTime() + seconds * 1000,
          done,
        });
        count();
        schedule();
      }),
    retime,
  };
  return connector;
}
