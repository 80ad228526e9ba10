/** What each connector and the station (0) show: what was last told of it, and what is still to be told. */
import type { Connector } from './connector.ts';
import type { Dialect, Shown } from './dialect.ts';
import type { Speech } from './speech.ts';
import type { SimulatorClock, Tell } from './types.ts';

export type Statuses = {
  shown(connectorId: number): Shown;
  changed(connectorId: number): void;
  send(connectorId: number): void;
  reportAll(): void;
  reportChanged(): void;
  /** Takes the present statuses for told (B5). */
  keepQuiet(): void;
  fault(connectorId: number, errorCode: string): void;
  clear(connectorId: number): void;
  setStationOperative(operative: boolean): void;
};

export function createStatuses(needs: {
  readonly dialect: Dialect;
  readonly speech: () => Speech;
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly clock: SimulatorClock;
  /** False before the boot is accepted: everything is told then. */
  readonly mayReport: () => boolean;
  readonly tell: Tell;
}): Statuses {
  const { dialect, connectors, clock, tell } = needs;
  const told = new Map<number, string>();
  const since = new Map<number, { readonly text: string; readonly at: Date }>();
  const happened = new Map<number, string>();
  let stationFault: string | undefined;
  let stationOperative = true;
  const ids = () => [0, ...connectors.keys()];

  function shown(connectorId: number): Shown {
    const connector = connectors.get(connectorId);
    if (connector !== undefined) {
      const { plugs = 1 } = connector.spec;
      const [status, errorCode] = [connector.status(), connector.errorCode()];
      return { connectorId, status, errorCode, plugs, pluggedInto: connector.pluggedInto() };
    }
    const [status, errorCode] =
      stationFault !== undefined
        ? (['Faulted', stationFault] as const)
        : ([stationOperative ? 'Available' : 'Unavailable', 'NoError'] as const);
    return { connectorId, status, errorCode, plugs: 0, pluggedInto: 0 };
  }

  /** Since when it is so: a status told late keeps its own time. */
  function sinceWhen(connectorId: number, text: string): Date {
    const known = since.get(connectorId);
    if (known?.text === text) return known.at;
    const at = clock.now();
    since.set(connectorId, { text, at });
    return at;
  }

  function send(connectorId: number): void {
    void report(connectorId, 'asked'); // never rejects
  }

  async function report(connectorId: number, kind: 'plain' | 'asked'): Promise<void> {
    const now = shown(connectorId);
    const text = dialect.statusText(now);
    const at = sinceWhen(connectorId, text);
    happened.set(connectorId, `${now.status} ${now.errorCode}`);
    told.set(connectorId, text);
    const calls = dialect.statuses(now, at);
    const outcomes = await Promise.all(
      calls.map(({ action, payload }) => needs.speech().say({ kind, action, build: () => ({ action, payload }) })),
    );
    const isLost = outcomes.some(({ outcome }) => outcome === 'lost');
    if (isLost && told.get(connectorId) === text) told.delete(connectorId);
  }

  function changed(connectorId: number): void {
    const now = shown(connectorId);
    const { status, errorCode } = now;
    const text = `${status} ${errorCode}`;
    const isNews = happened.get(connectorId) !== text;
    happened.set(connectorId, text);
    if (isNews) {
      tell({ what: 'status', connectorId, status, errorCode });
      dialect.shownChanged?.();
    }
    const wire = dialect.statusText(now);
    if (since.get(connectorId)?.text === wire) return;
    sinceWhen(connectorId, wire);
    if (!needs.mayReport()) told.delete(connectorId);
    else void report(connectorId, 'plain'); // never rejects
  }

  return {
    shown,
    changed,
    send,
    reportAll() {
      for (const id of ids()) void report(id, 'plain'); // never rejects
    },
    reportChanged() {
      for (const id of ids()) if (told.get(id) !== dialect.statusText(shown(id))) void report(id, 'plain'); // never rejects
    },
    keepQuiet() {
      for (const id of ids()) told.set(id, dialect.statusText(shown(id)));
    },
    fault(connectorId, errorCode) {
      if (connectorId === 0) {
        stationFault = errorCode;
        changed(0);
      } else connectors.get(connectorId)?.fault(errorCode);
    },
    clear(connectorId) {
      if (connectorId === 0) {
        stationFault = undefined;
        changed(0);
      } else connectors.get(connectorId)?.clear();
    },
    setStationOperative(operative) {
      stationOperative = operative;
      changed(0);
    },
  };
}
