/**
 * How the time of an EVSE was spent: out of order, charging, occupied. Pure.
 *
 * Uptime as operators and regulators count it (OCA, "Improving uptime monitoring with OCPP"; 23 CFR 680.116(b)(3)): by the EVSE,
 * (all - (outage - excluded)) / all, where "all" is the observed time. Outage is what is not up: its station is offline and nobody charges
 * at it, or the station or all of its connectors are faulted or unavailable. Excluded is what of that lies in maintenance that was planned.
 */
export type Condition = 'charging' | 'faulted' | 'unavailable' | 'other';

export type Told = { readonly at: Date; readonly condition: Condition };
export type Course = {
  /** The first may lie before the range: what held when it began. Before the first nothing is known. Each list oldest first. */
  readonly connections: readonly { readonly at: Date; readonly connected: boolean }[];
  /** Of the station as a whole. */
  readonly station: readonly Told[];
  readonly connectors: readonly (readonly Told[])[];
  readonly sessions: readonly { readonly from: Date; readonly to: Date }[];
  /** Maintenance windows that hold for it; they may overlap. */
  readonly maintenance: readonly { readonly from: Date; readonly to: Date }[];
};

export type Usage = {
  /** Of the range, the time in which it is known whether the station was there. */
  readonly observedMs: number;
  readonly offlineMs: number;
  readonly faultedMs: number;
  readonly unavailableMs: number;
  /** Of these three together, what lies in planned maintenance. */
  readonly excludedMs: number;
  /** Of all of the range. */
  readonly occupiedMs: number;
  readonly chargingMs: number;
};

/** The share of the observed time that was up, or down for planned maintenance; null: nothing was observed. */
export function uptimeOf({ observedMs, offlineMs, faultedMs, unavailableMs, excludedMs }: Usage): number | null {
  const outageMs = offlineMs + faultedMs + unavailableMs;
  return observedMs <= 0 ? null : (observedMs - (outageMs - excludedMs)) / observedMs;
}

type Step = (state: State) => void;
type State = {
  connected: boolean | undefined;
  station: Condition;
  readonly connectors: Condition[];
  occupied: number;
  maintained: number;
};

export function usageOf(course: Course, range: { readonly from: Date; readonly to: Date }): Usage {
  const steps = stepsOf(course);
  const state: State = {
    connected: undefined,
    station: 'other',
    connectors: course.connectors.map(() => 'other'),
    occupied: 0,
    maintained: 0,
  };
  const down = { offlineMs: 0, faultedMs: 0, unavailableMs: 0, excludedMs: 0 };
  const spent = { observedMs: 0, ...down, occupiedMs: 0, chargingMs: 0 };
  const [from, to] = [range.from.getTime(), range.to.getTime()];
  let since = from;
  for (const { at, step } of steps) {
    const until = Math.min(Math.max(at, from), to);
    spend(spent, state, until - since);
    since = until;
    step(state);
  }
  spend(spent, state, to - since);
  return spent;
}

function stepsOf({ connections, station, connectors, sessions, maintenance }: Course): { at: number; step: Step }[] {
  const steps: { at: number; step: Step }[] = [];
  const add = (at: Date, step: Step): void => {
    steps.push({ at: at.getTime(), step });
  };
  const occupy = (at: Date, by: 1 | -1): void =>
    add(at, (state) => {
      state.occupied += by;
    });
  for (const { at, connected } of connections)
    add(at, (state) => {
      state.connected = connected;
    });
  for (const { at, condition } of station)
    add(at, (state) => {
      state.station = condition;
    });
  for (const [i, told] of connectors.entries())
    for (const { at, condition } of told)
      add(at, (state) => {
        state.connectors[i] = condition;
      });
  for (const { from, to } of sessions) {
    if (to <= from) continue;
    occupy(from, 1);
    occupy(to, -1);
  }
  const maintain = (at: Date, by: 1 | -1): void =>
    add(at, (state) => {
      state.maintained += by;
    });
  for (const { from, to } of maintenance) {
    if (to <= from) continue;
    maintain(from, 1);
    maintain(to, -1);
  }
  return steps.sort((a, b) => a.at - b.at); // stable: of one instant the later told holds
}

const isDown = (condition: Condition): boolean => condition === 'faulted' || condition === 'unavailable';

function spend(spent: { -readonly [Field in keyof Usage]: number }, state: State, ms: number): void {
  if (ms <= 0) return;
  const { connected, station, connectors, occupied, maintained } = state;
  if (occupied > 0) {
    spent.occupiedMs += ms;
    if (connectors.includes('charging')) spent.chargingMs += ms;
  }
  if (connected === undefined) return;
  spent.observedMs += ms;
  const isExcluded = maintained > 0;
  if (!connected) {
    if (occupied > 0) return;
    spent.offlineMs += ms;
    if (isExcluded) spent.excludedMs += ms;
    return;
  }
  const allDown = connectors.length > 0 && connectors.every(isDown);
  if (!isDown(station) && !allDown) return;
  const isFault = station === 'faulted' || (allDown && connectors.includes('faulted'));
  if (isFault) spent.faultedMs += ms;
  else spent.unavailableMs += ms;
  if (isExcluded) spent.excludedMs += ms;
}
