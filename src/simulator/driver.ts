/** The people at the charger: whole visits, single gestures, and the sessions they charged while it was offline. */
import { powerW, read } from './battery.ts';
import type { Timers } from './clock.ts';
import type { Connector } from './connector.ts';
import type { ChargePlan, ChargeResult, Charger } from './contract.ts';
import type { Dialect } from './dialect.ts';
import { SimulatorClosed } from './happenings.ts';
import type { Registration } from './registration.ts';
import type { Speech } from './speech.ts';
import type { Transactions } from './transactions.ts';
import type { Car, LocalSession, SimulatorClock, Tell, Traits } from './types.ts';

type Actions = Pick<
  Charger,
  'charge' | 'plug' | 'unplug' | 'authorize' | 'present' | 'suspend' | 'resume' | 'stop' | 'connector'
>;
export type Driver = {
  readonly actions: Actions;
  authorize(token: string): Promise<string | undefined>;
  /** The group of a token, as the CSMS or the local list told it. */
  parentOf(token: string): string | undefined;
  rememberSessions(count: number): void;
  close(): void;
};

const NOBODY = 'NOBODY-KNOWS-ME';

export function createDriver(needs: {
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly sessions: Transactions;
  readonly speech: Speech;
  readonly dialect: Dialect;
  readonly registration: Registration;
  readonly traits: Traits;
  readonly timers: Timers;
  readonly clock: SimulatorClock;
  readonly random: () => number;
  readonly newCar: (part?: Partial<Car>) => Car;
  readonly tell: Tell;
}): Driver {
  const { connectors, sessions, speech, dialect, traits, timers, clock, random, newCar, tell } = needs;
  const parents = new Map<string, string>();
  const parentOf = (token: string): string | undefined =>
    parents.get(token) ?? dialect.localAuthorization(token, clock.now())?.parentIdTag;
  let abort: (cause: Error) => void = () => undefined;
  const closing = new Promise<never>((_resolve, reject) => {
    abort = reject;
  });
  closing.catch(() => undefined); // only those who wait for something want to hear of it

  const unlessClosed = <T>(work: Promise<T>): Promise<T> => Promise.race([work, closing]);
  const pause = (ms: number): Promise<void> => unlessClosed(new Promise((resolve) => void timers.after(ms, resolve)));

  function connectorOf(connectorId: number): Connector {
    const connector = connectors.get(connectorId);
    if (connector === undefined) throw new Error(`there is no connector ${connectorId}`);
    return connector;
  }

  async function authorize(token: string): Promise<string | undefined> {
    const { action, payload } = dialect.authorize(token);
    const outcome = await speech.say({ kind: 'plain', action, build: () => ({ action, payload }) });
    if (outcome.outcome === 'lost' || outcome.outcome === 'timeout') return undefined;
    const status = outcome.outcome === 'result' ? dialect.readAuthorize(outcome.result) : 'Invalid';
    const parent = outcome.outcome === 'result' ? dialect.readParent(outcome.result) : undefined;
    if (parent !== undefined) parents.set(token, parent);
    if (outcome.outcome === 'result') dialect.heard?.(token, outcome.result, clock.now());
    tell({ what: 'authorized', token, status });
    return status;
  }

  async function mayCharge(plan: ChargePlan): Promise<string> {
    if (plan.authorize === false || !traits.authorizesFirst) return 'Accepted';
    // OCPP 1.6 §3.5.3, §3.5.1: the local list before asking, if so configured, and when nobody can be asked.
    const inList = () => dialect.localAuthorization(plan.token, clock.now())?.status;
    const known = dialect.settings.preAuthorizes() ? inList() : undefined;
    if (known === 'Accepted') return known;
    const asked = await unlessClosed(authorize(plan.token));
    const status = asked ?? (dialect.settings.authorizesOffline() ? inList() : undefined);
    if (traits.chargesUnauthorized) return 'Accepted';
    // OCPP 1.6 §3.5.4: offline, an unknown token may charge if so configured.
    return status ?? (dialect.settings.allowsOfflineStart() ? 'Accepted' : 'Offline');
  }

  async function charge(plan: ChargePlan): Promise<ChargeResult> {
    const connector = connectorOf(plan.connectorId ?? 1);
    if (plan.tokenType !== undefined) dialect.setTokenType?.(plan.token, plan.tokenType);
    if (!connector.isPlugged()) connector.plug(newCar(plan.car), plan.plug);
    const leave = () => {
      if (plan.unplug !== false && connector.isPlugged()) connector.unplug();
    };
    const mine = await mayCharge(plan);
    // OCPP 1.6 §5.13: until its expiry only the one it is reserved for may charge there.
    const isKept = !connector.isFor(plan.token, parentOf(plan.token)) || dialect.isKept?.(connector.id, clock.now());
    const status = mine === 'Accepted' && isKept === true ? 'Reserved' : mine;
    if (status !== 'Accepted') {
      leave();
      return { outcome: 'refused', status };
    }
    connector.present(traits.authorizesFirst ? plan.token : NOBODY);
    const session = connector.session();
    if (session === undefined) throw new Error(`connector ${connector.id} did not start a session`);
    const { suspend, energyWh, seconds } = plan;
    if (suspend !== undefined) {
      await unlessClosed(connector.reached({ seconds: suspend.afterS }));
      connector.suspend(suspend.by);
      await pause(suspend.forS * 1000);
      if (connector.session() === session) connector.resume();
    }
    await unlessClosed(
      connector.reached({
        ...(energyWh === undefined ? {} : { energyWh }),
        ...(seconds === undefined ? {} : { seconds }),
      }),
    );
    if (connector.session() === session) connector.stop(plan.reason ?? 'Local');
    leave();
    await unlessClosed(sessions.settled(session));
    return { outcome: 'charged', session };
  }

  /** Sessions of half an hour, two hours apart, the last one two hours ago. */
  function rememberSessions(count: number): void {
    const connector = connectorOf(1);
    for (let index = 0; index < count; index += 1) {
      const begunAt = clock.now().getTime() - (count - index) * 2 * 3600_000;
      const register = index * 5000;
      const readingAt = (minutes: number, context: 'Transaction.Begin' | 'Transaction.End' | 'Sample.Periodic') => {
        const state = {
          spec: connector.spec,
          car: newCar(),
          registerWh: register + minutes * 150,
          socPercent: 40,
          flowingS: 60,
        };
        const flowing = context === 'Sample.Periodic' && powerW(state) > 0;
        return read(state, flowing, new Date(begunAt + minutes * 60_000), context, random);
      };
      const begin = readingAt(0, 'Transaction.Begin');
      const session: LocalSession = {
        localId: `history-${index + 1}`,
        connectorId: 1,
        token: `HISTORY${index + 1}`,
        startedAt: begin.at,
        meterStartWh: begin.registerWh,
        reservationId: undefined,
        remoteStartId: undefined,
        plug: 1,
        begin,
        transactionId: undefined,
        authorization: undefined,
        startSettled: false,
        energyWh: 4500,
        end: { reading: readingAt(30, 'Transaction.End'), reason: 'Local', stopToken: undefined },
      };
      sessions.started(session);
      sessions.metered(session, readingAt(15, 'Sample.Periodic'));
      sessions.ended(session);
    }
  }

  return {
    authorize,
    parentOf,
    rememberSessions,
    actions: {
      charge,
      authorize(token, type) {
        if (type !== undefined) dialect.setTokenType?.(token, type);
        return authorize(token);
      },
      connector(connectorId) {
        const connector = connectorOf(connectorId);
        return {
          status: connector.status(),
          errorCode: connector.errorCode(),
          session: connector.session(),
          registerWh: connector.registerWh(),
        };
      },
      plug: (connectorId, car, plug) => connectorOf(connectorId).plug(newCar(car), plug),
      unplug: (connectorId) => connectorOf(connectorId).unplug(),
      present(connectorId, token, type) {
        if (type !== undefined) dialect.setTokenType?.(token, type);
        connectorOf(connectorId).present(token);
      },
      suspend: (connectorId, by) => connectorOf(connectorId).suspend(by),
      resume: (connectorId) => connectorOf(connectorId).resume(),
      stop: (connectorId, reason) => connectorOf(connectorId).stop(reason),
    },
    close: () => abort(new SimulatorClosed('the charger was closed')),
  };
}
