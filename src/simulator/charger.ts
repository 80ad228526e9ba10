/** A whole charger: line, speech, registration, connectors and the sessions on them, wired together. */
import { acceleratedClock, createTimers } from './clock.ts';
import { type Connector, createConnector } from './connector.ts';
import type { Behaviour, Charger, ChargerOptions } from './contract.ts';
import { createControls } from './controls.ts';
import { createDriver } from './driver.ts';
import { createHappenings } from './happenings.ts';
import { createLink, type TlsOptions } from './link.ts';
import { misbehavioursNamed, traitsOf } from './misbehaviours/index.ts';
import { createPinging } from './pinging.ts';
import { createReboot } from './reboot.ts';
import { createRegistration } from './registration.ts';
import { createRequests } from './requests.ts';
import { createSpeech, type Speech } from './speech.ts';
import { createStatuses } from './statuses.ts';
import type { Car, ConnectorSpec, ConnectPlan, Tell } from './types.ts';
import { dialects } from './versions.ts';

/** Few, as there may be thousands of chargers in one process. */
const JOURNAL_LINES = 50;
const WALLBOX: ConnectorSpec = { current: 'AC', phases: 3, maxPowerW: 22_000, registerWh: 0 };

export function createCharger(options: ChargerOptions): Charger {
  const { identity, version = '1.6', random = Math.random, clock = acceleratedClock(), log } = options;
  const behaviour: Behaviour = options.behaviour ?? {};
  const misbehaviours = misbehavioursNamed(behaviour.misbehave ?? []);
  const traits = traitsOf(misbehaviours);
  const specs = Array.isArray(options.connectors)
    ? (options.connectors as readonly ConnectorSpec[]) // as: Array.isArray does not narrow readonly arrays
    : Array.from({ length: Number(options.connectors ?? 1) }, () => WALLBOX);
  const createDialect = dialects.get(version);
  if (createDialect === undefined) throw new Error(`version ${version}: known are ${[...dialects.keys()].join(', ')}`);
  const station = {
    vendor: 'Dynamo',
    model: specs[0]?.current === 'DC' ? 'Simulated DC' : 'Simulated AC',
    serialNumber: identity,
    firmwareVersion: version === '2.0.1' ? '2.0.1-sim' : `${version}.0-sim`,
    ...behaviour.station,
  };
  const dialect = createDialect({
    identity,
    station,
    specs,
    settings: behaviour.settings ?? {},
    configurationNeedsReboot: traits.configurationNeedsReboot,
  });
  let password = options.password;
  const timers = createTimers(clock);
  const happenings = createHappenings(identity, clock.now);
  const { on, next, close: closeHappenings } = happenings;
  const journal: { readonly at: Date; readonly what: string }[] = [];
  const closing = new AbortController();
  let tls: TlsOptions = options.tls ?? {};
  let afterBoot: (() => void) | undefined;
  let awaySince = Number.POSITIVE_INFINITY;
  const tell: Tell = (told) => {
    journal.push({ at: clock.now(), what: told.what });
    if (journal.length > JOURNAL_LINES) journal.shift();
    happenings.tell(told);
  };

  function plan(): ConnectPlan {
    const line = dialect.line?.();
    const username = line?.identity ?? identity;
    return misbehaviours.reduce<ConnectPlan>((so, { connect }) => connect?.(so) ?? so, {
      url: `${(line?.url ?? options.url).replace(/\/+$/, '')}/${encodeURIComponent(username)}`,
      subprotocols: [dialect.subprotocol],
      username,
      password: line?.password ?? password,
      autoPong: true,
      waitForChallenge: false,
    });
  }

  const link = createLink({
    plan,
    reconnect: behaviour.reconnect ?? { minMs: 1000, maxMs: 60_000 },
    handshakeTimeoutMs: behaviour.handshakeTimeoutMs ?? 10_000,
    jitterless: traits.jitterlessReconnect,
    random,
    tls: () => tls,
    opened(protocol) {
      dialect.lineTried?.(true);
      tell({ what: 'connected', protocol });
      registration.opened();
      if (registration.state() === 'accepted') accepted(false);
      speech.pump();
      schedulePing();
    },
    message: (text) => speech.receive(text),
    closed(code, reason) {
      awaySince = clock.now().getTime();
      speech.lineLost();
      tell({ what: 'disconnected', code, reason });
    },
    refused(httpStatus) {
      log?.debug({ identity, httpStatus }, 'connection refused');
      dialect.lineTried?.(false);
      tell({ what: 'refused', httpStatus });
    },
    failed(cause) {
      dialect.lineTried?.(false);
      log?.debug({ identity, cause: cause.message }, 'connection failed');
    },
  });

  const speech: Speech = createSpeech({
    send: link.send,
    lineIsOpen: link.isOpen,
    maySend: (kind) => registration.maySend(kind, link.isOpen()),
    request: (asked) => request(asked),
    stray: (text) => log?.warn({ identity, text: text.slice(0, 200) }, 'the server sent something that fits nothing'),
    callTimeoutMs: behaviour.callTimeoutMs ?? 30_000,
    clock,
    timers,
    settings: dialect.settings,
    traits,
    misbehaviours,
    tell,
  });

  const schedulePing = createPinging({ link, timers, intervalS: dialect.settings.pingIntervalS });

  const registration = createRegistration({
    dialect,
    station,
    speech: () => speech,
    timers,
    random,
    bootRetryMs: behaviour.bootRetryMs ?? 30_000,
    accepted,
    lineSeemsDead: () => link.bounce('abruptly', 0),
    tell,
  });

  const sessions = dialect.transactions({ speech, traits, tell, clock, connector: (id) => connectors.get(id) });
  let serial = 0;
  const connectors: ReadonlyMap<number, Connector> = new Map(
    specs.map((spec, index) => [
      index + 1,
      createConnector({
        id: index + 1,
        spec,
        clock,
        timers,
        random,
        newLocalId: () => {
          serial += 1;
          return `${identity}-${serial}`;
        },
        sampleIntervalS: dialect.settings.sampleIntervalS,
        connectionTimeoutS: dialect.settings.connectionTimeoutS,
        changed: (connector) => statuses.changed(connector.id),
        telling: {
          ...sessions,
          started(session) {
            sessions.started(session);
            dialect.sessionsChanged?.(controls);
          },
          ended(session) {
            sessions.ended(session);
            dialect.sessionsChanged?.(controls);
          },
          unplugged(connectorId) {
            sessions.unplugged?.(connectorId);
            dialect.sessionsChanged?.(controls);
          },
        },
      }),
    ]),
  );
  const statuses = createStatuses({
    dialect,
    speech: () => speech,
    connectors,
    clock,
    mayReport: () => registration.state() === 'accepted',
    tell,
  });

  /** `isNews`: after a boot; otherwise the line came back to a charger that is still registered. */
  function accepted(isNews: boolean): void {
    link.settled();
    if (isNews && !traits.reportsStatusAfterBoot) statuses.keepQuiet();
    else if (isNews || wasAwayLong()) statuses.reportAll();
    else statuses.reportChanged();
    if (!isNews) return;
    dialect.registered?.(controls);
    afterBoot?.();
    afterBoot = undefined;
  }

  /** 2.x B04: after a short absence only what changed is told. */
  function wasAwayLong(): boolean {
    const thresholdS = dialect.settings.offlineThresholdS?.();
    return thresholdS !== undefined && clock.now().getTime() - awaySince > thresholdS * 1000;
  }

  const request = createRequests({
    dialect,
    registration,
    link,
    traits,
    tell,
    speech: () => speech,
    controls: () => controls,
  });

  const newCar = (part: Partial<Car> = {}): Car => ({
    batteryWh: 60_000,
    socPercent: Math.round(15 + 45 * random()),
    maxPowerW: Number.POSITIVE_INFINITY,
    ...part,
  });

  const rebootMs = behaviour.rebootMs ?? 3000;
  const reboot = createReboot({ connectors, dialect, registration, link, speech, timers, rebootMs, tell });

  const driver = createDriver({
    connectors,
    sessions,
    speech,
    dialect,
    registration,
    traits,
    timers,
    newCar,
    tell,
    random,
    clock,
  });
  const controls = createControls({
    connectors,
    settings: dialect.settings,
    traits,
    carOnRemoteStartMs: behaviour.carOnRemoteStartMs ?? 1000,
    after: timers.after,
    isAccepted: () => registration.state() === 'accepted',
    newCar,
    setStationOperative: statuses.setStationOperative,
    authorize: driver.authorize,
    parentOf: driver.parentOf,
    statusChanged: (connectorId) => statuses.changed(connectorId),
    sendBoot: () => registration.boot('asked'),
    sendHeartbeat: () => registration.beat('asked'),
    sendStatus: statuses.send,
    sendReading: sessions.sendReading,
    say: ({ action, payload }) => void speech.say({ kind: 'asked', action, build: () => ({ action, payload }) }), // never rejects
    keep: ({ action, payload }) => void speech.say({ kind: 'transaction', action, build: () => ({ action, payload }) }), // never rejects
    ask: ({ action, payload }) => speech.say({ kind: 'asked', action, build: () => ({ action, payload }) }),
    send: speech.send,
    reboot,
    rebootMs,
    shown: statuses.shown,
    identity,
    now: clock.now,
    display: (shown) => tell({ what: 'displayed', shown }),
    journal: () => journal.map(({ at, what }) => `${at.toISOString()} ${what}\n`).join(''),
    network: () => ({ tls, signal: closing.signal }),
    firmwareVersion: () => station.firmwareVersion,
    installFirmware(version, done) {
      if (!traits.installsNothing) station.firmwareVersion = version;
      afterBoot = done;
      reboot('Reboot');
    },
    useCertificate(cert, key) {
      tls = { ...tls, cert, key };
    },
    changePassword(changed) {
      password = changed;
      link.bounce('cleanly', 0);
    },
  });

  dialect.wired?.(controls);

  const charger: Charger = {
    identity,
    connectorIds: [...connectors.keys()],
    start: link.up,
    async whenBooted(timeoutMs) {
      if (registration.state() === 'accepted') return;
      await next('booted', {
        where: ({ status }) => status === 'Accepted',
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
    },
    isOnline: link.isOpen,
    isBooted: () => registration.state() === 'accepted',
    on,
    next,
    ...driver.actions,
    fault: statuses.fault,
    clear: statuses.clear,
    goOffline: (how = 'abruptly') => link.down(how),
    goOnline: link.up,
    dropLine: (pauseMs) => link.bounce('abruptly', pauseMs),
    abandonLine: link.abandon,
    reboot: (reason) => reboot(reason),
    waiting: speech.waiting,
    drained: speech.drained,
    rememberSessions: driver.rememberSessions,
    v2: () => {
      if (dialect.gestures === undefined) throw new Error(`version ${version} has no such gestures`);
      return dialect.gestures;
    },
    call: speech.callNow,
    sendText: link.send,
    sendRaw: link.sendRaw,
    after: timers.after,
    now: clock.now,
    async close() {
      closing.abort();
      timers.cancelAll();
      speech.close();
      closeHappenings();
      driver.close();
      await link.close();
      timers.cancelAll();
    },
  };
  for (const { routine } of misbehaviours) routine?.(charger);
  return charger;
}
