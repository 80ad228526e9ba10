/** What the CSMS can make this charger do (dialect.ts, Controls), in terms of its connectors, its line and its speech. */
import type { Connector, Order } from './connector.ts';
import type { Controls, Shown } from './dialect.ts';
import type { Settings } from './settings.ts';
import type { Call, CallOutcome, Car, StopReason, Traits } from './types.ts';

export function createControls(needs: {
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly settings: Settings;
  readonly traits: Traits;
  readonly carOnRemoteStartMs: number | false;
  readonly after: Controls['after'];
  readonly isAccepted: () => boolean;
  readonly newCar: () => Car;
  readonly setStationOperative: (operative: boolean) => void;
  readonly authorize: (token: string) => Promise<string | undefined>;
  /** The group of a token, as far as the charger was told. */
  readonly parentOf: (token: string) => string | undefined;
  readonly statusChanged: (connectorId: number) => void;
  readonly sendBoot: () => void;
  readonly sendHeartbeat: () => void;
  readonly sendStatus: (connectorId: number) => void;
  readonly sendReading: (connectorId: number) => void;
  readonly say: (call: Call) => void;
  readonly keep: (call: Call) => void;
  readonly ask: (call: Call) => Promise<CallOutcome>;
  readonly send: Controls['send'];
  readonly reboot: (reason: StopReason, resumes?: boolean) => void;
  readonly rebootMs: number;
  readonly shown: (connectorId: number) => Shown;
  readonly changePassword: (password: string) => void;
  readonly identity: string;
  readonly now: () => Date;
  readonly display: Controls['display'];
  readonly journal: () => string;
  readonly network: Controls['network'];
  readonly firmwareVersion: () => string;
  readonly installFirmware: Controls['installFirmware'];
  readonly useCertificate: Controls['useCertificate'];
}): Controls {
  const { connectors, settings, traits, after } = needs;
  const all = [...connectors.keys()];

  function begin(connector: Connector, token: string, order: Order): void {
    const wasPlugged = connector.isPlugged();
    connector.present(token, order);
    if (wasPlugged || needs.carOnRemoteStartMs === false) return;
    // Somebody pressed start in an app, beside the charger, cable in hand.
    after(needs.carOnRemoteStartMs, () => {
      if (!connector.isPlugged()) connector.plug(needs.newCar());
    });
  }

  async function beginIfAuthorized(connector: Connector, token: string, order: Order): Promise<void> {
    const status = await needs.authorize(token);
    if (status === 'Accepted') begin(connector, token, order);
  }

  return {
    isAccepted: needs.isAccepted,
    connectorIds: () => all,
    remoteStart({ token, connectorId, remoteStartId, parent }) {
      const chosen =
        connectorId === undefined
          ? [...connectors.values()].find((connector) => connector.isFree())
          : connectors.get(connectorId);
      const isHeldForIt = chosen?.status() === 'Reserved' && chosen.isFor(token, parent ?? needs.parentOf(token));
      if (chosen === undefined || !(chosen.isFree() || isHeldForIt)) return undefined;
      const order = remoteStartId === undefined ? {} : { remoteStartId };
      return {
        connectorId: chosen.id,
        begin() {
          if (traits.ignoresRemoteStart) return;
          // OCPP 1.6 §5.11: AuthorizeRemoteTxRequests (2.x AuthorizeRemoteStart): the token is asked about once more.
          if (settings.authorizesRemoteStarts())
            void beginIfAuthorized(chosen, token, order); // never rejects
          else begin(chosen, token, order);
        },
      };
    },
    remoteStop(transactionId) {
      const connector = [...connectors.values()].find((each) => {
        const session = each.session();
        return session?.transactionId !== undefined && session.transactionId === transactionId;
      });
      return connector === undefined ? undefined : () => connector.stop('Remote');
    },
    reset: (reason, resumes) => () => needs.reboot(reason, resumes),
    resetOne: (connectorId) => () => {
      const connector = connectors.get(connectorId);
      if (connector === undefined) return;
      connector.stop('ImmediateReset');
      connector.setOperative(false);
      after(needs.rebootMs, () => connector.setOperative(true));
    },
    dismiss: (connectorId) => connectors.get(connectorId)?.dismiss(),
    stop: (connectorId, reason) => connectors.get(connectorId)?.stop(reason),
    setAvailability(connectorId, operative) {
      const chosen = connectorId === 0 ? [...connectors.values()] : [connectors.get(connectorId)];
      // §5.2: with a transaction running the change is scheduled to its end.
      const isBusy = !operative && chosen.some((connector) => connector?.session() !== undefined);
      return {
        outcome: isBusy ? 'Scheduled' : 'Accepted',
        afterwards: () => {
          if (connectorId === 0) needs.setStationOperative(operative);
          for (const connector of chosen) connector?.setOperative(operative);
        },
      };
    },
    unlock(connectorId) {
      const connector = connectors.get(connectorId);
      const cable = connector?.spec.cable;
      if (connector === undefined || cable === 'fixed') return { outcome: 'NotSupported', afterwards: () => undefined };
      return {
        outcome: cable === 'jammed' ? 'UnlockFailed' : 'Unlocked',
        afterwards() {
          // §5.18: a transaction on it is finished first.
          connector.stop('UnlockCommand');
          if (cable !== 'jammed' && connector.isPlugged()) connector.unplug();
        },
      };
    },
    reserve(connectorId, reservation) {
      const connector = connectors.get(connectorId);
      if (connector === undefined) return undefined;
      // The same number on another connector moves there, if that one takes it.
      const status = connector.reserve(reservation);
      const others = status === 'Accepted' ? [...connectors.values()].filter((each) => each !== connector) : [];
      const moved = others.filter((each) => each.release(reservation.id));
      return {
        status,
        afterwards: () => {
          for (const each of [...moved, connector]) needs.statusChanged(each.id);
        },
      };
    },
    cancelReservation(reservationId) {
      const connector = [...connectors.values()].find((each) => each.release(reservationId));
      return connector === undefined ? undefined : () => needs.statusChanged(connector.id);
    },
    sendBoot: () => () => {
      if (traits.restartsOnBootTrigger) needs.reboot('Reboot');
      else needs.sendBoot();
    },
    sendHeartbeat: () => needs.sendHeartbeat,
    sendStatus: (connectorId) => () => {
      for (const id of connectorId === undefined ? [0, ...all] : [connectorId]) needs.sendStatus(id);
    },
    sendReading: (connectorId) => () => {
      for (const id of connectorId === undefined ? all : [connectorId]) needs.sendReading(id);
    },
    reading: (connectorId, context) => connectors.get(connectorId)?.reading(context),
    reached: (connectorId, goal) => connectors.get(connectorId)?.reached(goal) ?? Promise.resolve(),
    display: needs.display,
    statusChanged: needs.statusChanged,
    say: (call) => () => needs.say(call),
    keep: needs.keep,
    ask(call, answered) {
      void needs.ask(call).then((outcome) => answered(outcome.outcome === 'result' ? outcome.result : undefined)); // never rejects
    },
    send: needs.send,
    suspend: (connectorId, by) => connectors.get(connectorId)?.suspend(by),
    resume: (connectorId) => connectors.get(connectorId)?.resume(),
    settingsChanged() {
      for (const connector of connectors.values()) connector.retime();
    },
    identity: () => needs.identity,
    now: needs.now,
    after,
    sessionOn: (connectorId) => connectors.get(connectorId)?.session(),
    isPlugged: (connectorId) => connectors.get(connectorId)?.isPlugged() ?? false,
    shown: needs.shown,
    spec: (connectorId) => connectors.get(connectorId)?.spec,
    maxPowerW: (connectorId) =>
      connectorId === 0
        ? [...connectors.values()].reduce((sum, { spec }) => sum + spec.maxPowerW, 0)
        : (connectors.get(connectorId)?.spec.maxPowerW ?? 0),
    limitPower: (connectorId, watt) => connectors.get(connectorId)?.limit(watt),
    journal: needs.journal,
    network: needs.network,
    firmwareVersion: needs.firmwareVersion,
    installFirmware: needs.installFirmware,
    useCertificate: needs.useCertificate,
    setPassword: (password) => () => needs.changePassword(password),
  };
}
