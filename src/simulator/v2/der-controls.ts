/** DER control of a 2.1 station (R04): what the grid wants of it; told when it begins and ends, reported and cleared on demand. */
import type { Controls } from '../dialect.ts';
import { instantOf, isPayload, numberOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { instant } from './messages.ts';

export type Control = {
  readonly id: string;
  readonly type: string;
  readonly isDefault: boolean;
  readonly field: string;
  readonly data: Payload;
  isSuperseded: boolean;
  isRunning: boolean;
};
export type DerControls = {
  set(
    said: Payload,
    controls: Controls,
  ): { readonly status: string; readonly supersededIds: readonly string[]; readonly afterwards: () => void };
  clear(isMeant: (control: Control) => boolean, controls: Controls): boolean;
  all(): readonly Control[];
};

/** Where the content of a control of that type stands; all others are curves. */
const FIELDS: Readonly<Record<string, string>> = {
  EnterService: 'enterService',
  FixedPFAbsorb: 'fixedPFAbsorb',
  FixedPFInject: 'fixedPFInject',
  FixedVar: 'fixedVar',
  FreqDroop: 'freqDroop',
  Gradients: 'gradient',
  LimitMaxDischarge: 'limitMaxDischarge',
};
const fieldOf = (type: string): string => FIELDS[type] ?? 'curve';

export function createDerControls(): DerControls {
  const held = new Map<string, Control>();

  function tell(control: Control, started: boolean, supersededIds: readonly string[], controls: Controls): void {
    control.isRunning = started;
    const more = started && supersededIds.length > 0 ? { supersededIds } : {};
    const payload = { controlId: control.id, started, timestamp: instant(controls.now()), ...more };
    controls.say({ action: 'NotifyDERStartStop', payload })();
  }

  /** R04: one that is no default begins when it says so, and ends after its duration. */
  function schedule(control: Control, superseded: readonly string[], controls: Controls): void {
    const now = controls.now().getTime();
    const startAt = instantOf(control.data['startTime']) ?? now;
    const durationS = numberOf(control.data['duration']);
    controls.after(Math.max(0, startAt - now), () => {
      if (held.get(control.id) !== control) return;
      tell(control, true, superseded, controls);
      if (durationS === undefined) return;
      controls.after(durationS * 1000, () => {
        if (held.get(control.id) !== control) return;
        held.delete(control.id);
        tell(control, false, [], controls);
      });
    });
  }

  return {
    set(said, controls) {
      const [id, type] = [textOf(said['controlId']), textOf(said['controlType'])];
      const isDefault = said['isDefault'] === true;
      const field = fieldOf(type ?? '');
      const data = said[field];
      if (id === undefined || type === undefined || !isPayload(data))
        return { status: 'Rejected', supersededIds: [], afterwards: () => undefined };
      const control: Control = { id, type, isDefault, field, data, isSuperseded: false, isRunning: false };
      const priority = numberOf(data['priority']) ?? 0;
      const supersededIds: string[] = [];
      // R04.FR.05: of one type the lowest number of priority holds; among equals the newest.
      for (const each of held.values()) {
        if (each.id === id || each.type !== type || each.isDefault !== isDefault) continue;
        if ((numberOf(each.data['priority']) ?? 0) < priority) control.isSuperseded = true;
        else {
          each.isSuperseded = true;
          supersededIds.push(each.id);
        }
      }
      held.set(id, control);
      return {
        status: 'Accepted',
        supersededIds,
        afterwards: () => {
          if (!isDefault && !control.isSuperseded) schedule(control, supersededIds, controls);
        },
      };
    },
    clear(isMeant, controls) {
      const gone = [...held.values()].filter(isMeant);
      for (const control of gone) {
        held.delete(control.id);
        if (control.isRunning) controls.after(0, () => tell(control, false, [], controls));
      }
      return gone.length > 0;
    },
    all: () => [...held.values()],
  };
}
