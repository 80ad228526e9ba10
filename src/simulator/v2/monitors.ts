/** Monitors on variables (2.0.1 N02–N08): what they watch, when they fire, and what they tell by NotifyEvent. */
import type { Controls } from '../dialect.ts';
import type { Payload } from '../types.ts';
import { instant } from './messages.ts';
import type { Entry, Model } from './model/index.ts';
import { nameOf } from './named.ts';
import type { TransactionLog } from './transaction-log.ts';
import type { V2Version } from './words.ts';

export type MonitorType =
  | 'UpperThreshold'
  | 'LowerThreshold'
  | 'Delta'
  | 'Periodic'
  | 'PeriodicClockAligned'
  | 'TargetDelta'
  | 'TargetDeltaRelative';
export type MonitorKind = 'HardWiredMonitor' | 'PreconfiguredMonitor' | 'CustomMonitor';
export type Monitor = {
  readonly id: number;
  readonly entry: Entry;
  readonly type: MonitorType;
  readonly value: number;
  readonly severity: number;
  readonly transaction: boolean;
  readonly kind: MonitorKind;
  /** 2.1: its values go into a stream instead of events. */
  readonly isStreamed: boolean;
};
type State = { alarm: boolean; last: string; nextAt: number };

export type Monitors = {
  all(): readonly Monitor[];
  find(id: number): Monitor | undefined;
  /** undefined as id: a fresh one. */
  put(monitor: Omit<Monitor, 'id'> & { readonly id: number | undefined }, controls: Controls): Monitor;
  remove(id: number): void;
  /** Which base holds (N05). */
  setBase(base: string, controls: Controls): void;
  level: number;
  /** Looks at everything now. */
  check(controls: Controls): void;
  begin(controls: Controls): void;
};

const TICK_S = 5;

export function createMonitors(model: Model, log: TransactionLog, version: V2Version): Monitors {
  const monitors = new Map<number, Monitor>();
  const states = new Map<number, State>();
  let serial = 0;
  let eventId = 0;
  let cancelTick: (() => void) | undefined;
  let wanted: readonly MonitorKind[] = ['HardWiredMonitor', 'PreconfiguredMonitor', 'CustomMonitor'];

  function add(monitor: Omit<Monitor, 'id'>, now: number, id?: number): Monitor {
    if (id === undefined) serial += 1;
    const made: Monitor = { ...monitor, id: id ?? serial };
    monitors.set(made.id, made);
    states.set(made.id, { alarm: false, last: made.entry.value(), nextAt: nextAt(made, now) });
    return made;
  }

  /** What a station is delivered with: a temperature it must not exceed, and troubles it tells of by itself. */
  function deliver(kinds: readonly MonitorKind[], now: number): void {
    const of = { value: 1, transaction: false, isStreamed: false } as const;
    for (const entry of model.entries()) {
      const { name } = entry.variable;
      if (name === 'Temperature' && entry.component.name === 'TemperatureSensor' && kinds.includes('HardWiredMonitor'))
        add({ ...of, entry, type: 'UpperThreshold', value: 85, severity: 2, kind: 'HardWiredMonitor' }, now);
      const isTold = ['ChargingStation', 'Connector'].includes(entry.component.name);
      if (name === 'Problem' && isTold && kinds.includes('PreconfiguredMonitor'))
        add({ ...of, entry, type: 'Delta', severity: 3, kind: 'PreconfiguredMonitor' }, now);
    }
  }

  function nextAt({ type, value }: Monitor, now: number): number {
    const every = Math.max(1, value) * 1000;
    if (type === 'Periodic') return now + every;
    // N08.FR.06: aligned to the clock, counted from midnight.
    return type === 'PeriodicClockAligned' ? (Math.floor(now / every) + 1) * every : Number.POSITIVE_INFINITY;
  }

  function transactionOf({ entry }: Monitor) {
    const evse = entry.component.evse?.id;
    return log.ongoing().find(({ evseId }) => evse === undefined || evseId === evse);
  }

  function fire(monitor: Monitor, trigger: string, controls: Controls, more: Payload = {}): void {
    eventId += 1;
    const running = transactionOf(monitor);
    const { id, entry, severity, kind } = monitor;
    const event: Payload = {
      eventId,
      timestamp: instant(controls.now()),
      trigger,
      actualValue: entry.value(),
      ...more,
      ...(running === undefined ? {} : { transactionId: running.id }),
      variableMonitoringId: id,
      eventNotificationType: kind,
      ...(version === '2.1' ? { severity } : {}),
      ...nameOf(entry),
    };
    const payload = { generatedAt: instant(controls.now()), seqNo: 0, eventData: [event] };
    // N07.FR.16: what is grave enough waits for the line.
    const isKept = severity <= Number(model.read('MonitoringCtrlr.OfflineQueuingSeverity'));
    if (isKept) controls.keep({ action: 'NotifyEvent', payload });
    else controls.say({ action: 'NotifyEvent', payload })();
  }

  function look(monitor: Monitor, state: State, now: number, controls: Controls): void {
    const text = monitor.entry.value();
    const value = Number(text);
    switch (monitor.type) {
      case 'UpperThreshold':
      case 'LowerThreshold': {
        const alarm = monitor.type === 'UpperThreshold' ? value > monitor.value : value < monitor.value;
        if (alarm !== state.alarm) fire(monitor, 'Alerting', controls, alarm ? {} : { cleared: true });
        state.alarm = alarm;
        return;
      }
      case 'Delta': {
        const isNumber = text.trim() !== '' && Number.isFinite(value);
        const changed = isNumber ? Math.abs(value - Number(state.last)) >= monitor.value : text !== state.last;
        if (!changed) return;
        state.last = text;
        fire(monitor, 'Delta', controls);
        return;
      }
      case 'TargetDelta':
      case 'TargetDeltaRelative':
        return; // this station's variables have no targets
      case 'Periodic':
      case 'PeriodicClockAligned':
        if (now < state.nextAt - 1) return;
        state.nextAt = nextAt(monitor, now);
        fire(monitor, 'Periodic', controls);
    }
  }

  function check(controls: Controls): void {
    const now = controls.now().getTime();
    for (const monitor of monitors.values()) {
      const state = states.get(monitor.id);
      if (state === undefined || monitor.isStreamed || !wanted.includes(monitor.kind)) continue;
      if (monitor.severity > watching.level || (monitor.transaction && transactionOf(monitor) === undefined)) continue;
      look(monitor, state, now, controls);
    }
  }

  /** Looks by itself only while somebody set a monitor: there may be thousands of stations in one process. */
  function tick(controls: Controls): void {
    cancelTick?.();
    cancelTick = undefined;
    if (![...monitors.values()].some(({ kind }) => kind === 'CustomMonitor')) return;
    const now = controls.now().getTime();
    const soonest = Math.min(...[...states.values()].map((state) => state.nextAt));
    cancelTick = controls.after(Math.max(1, Math.min(TICK_S * 1000, soonest - now)), () => {
      check(controls);
      tick(controls);
    });
  }

  const watching: Monitors = {
    all: () => [...monitors.values()],
    find: (id) => monitors.get(id),
    put({ id, ...monitor }, controls) {
      const made = add(monitor, controls.now().getTime(), id);
      tick(controls);
      return made;
    },
    remove(id) {
      monitors.delete(id);
      states.delete(id);
    },
    setBase(base, controls) {
      // N05.FR.02–04: All keeps what is set, FactoryDefault goes back to what was delivered, HardWiredOnly leaves no choice.
      if (base !== 'All')
        for (const { id, kind } of [...monitors.values()]) if (kind !== 'HardWiredMonitor') watching.remove(id);
      if (base === 'FactoryDefault') deliver(['PreconfiguredMonitor'], controls.now().getTime());
      wanted =
        base === 'HardWiredOnly' ? ['HardWiredMonitor'] : ['HardWiredMonitor', 'PreconfiguredMonitor', 'CustomMonitor'];
    },
    level: 9,
    check,
    begin: (controls) => deliver(['HardWiredMonitor', 'PreconfiguredMonitor'], controls.now().getTime()),
  };
  return watching;
}
