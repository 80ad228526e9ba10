/** StatusNotification per connector and for the station (0): what was last told, and what is still to be told. */
import type { Connector } from './connector.ts';
import type { Dialect } from './dialect.ts';
import type { Speech } from './speech.ts';
import type { ConnectorStatus, SimulatorClock, Tell } from './types.ts';

export type Statuses = {
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

type Shown = { readonly status: ConnectorStatus; readonly errorCode: string };

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
  let stationFault: string | undefined;
  let stationOperative = true;
  const ids = () => [0, ...connectors.keys()];

  function shown(connectorId: number): Shown {
    const connector = connectors.get(connectorId);
    if (connector !== undefined) return { status: connector.status(), errorCode: connector.errorCode() };
    if (stationFault !== undefined) return { status: 'Faulted', errorCode: stationFault };
    return { status: stationOperative ? 'Available' : 'Unavailable', errorCode: 'NoError' };
  }

  const textOf = ({ status, errorCode }: Shown): string => `${status} ${errorCode}`;

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
    const text = textOf(now);
    const at = sinceWhen(connectorId, text);
    const { action, payload } = dialect.status({ connectorId, ...now, at });
    told.set(connectorId, text);
    const outcome = await needs.speech().say({ kind, action, build: () => ({ action, payload }) });
    if (outcome.outcome === 'lost' && told.get(connectorId) === text) told.delete(connectorId);
  }

  function changed(connectorId: number): void {
    const now = shown(connectorId);
    const text = textOf(now);
    if (since.get(connectorId)?.text === text) return;
    sinceWhen(connectorId, text);
    tell({ what: 'status', connectorId, ...now });
    if (!needs.mayReport()) told.delete(connectorId);
    else void report(connectorId, 'plain'); // never rejects
  }

  return {
    changed,
    send,
    reportAll() {
      for (const id of ids()) void report(id, 'plain'); // never rejects
    },
    reportChanged() {
      for (const id of ids()) if (told.get(id) !== textOf(shown(id))) void report(id, 'plain'); // never rejects
    },
    keepQuiet() {
      for (const id of ids()) told.set(id, textOf(shown(id)));
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
