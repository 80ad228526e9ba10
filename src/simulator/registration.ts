/** Boot and heartbeat: when the charger may speak (OCPP 1.6 §4.2), and how it shows that it lives (§4.6). */
import type { Timers } from './clock.ts';
import type { Dialect } from './dialect.ts';
import type { Entry } from './outbox.ts';
import type { Station } from './settings.ts';
import type { Speech } from './speech.ts';
import type { Tell } from './types.ts';

export type Registration = {
  state(): 'none' | 'accepted' | 'pending' | 'rejected';
  maySend(kind: Entry['kind'], lineIsOpen: boolean): boolean;
  /** The line is open. */
  opened(): void;
  /** Says so, whatever was answered before (a trigger). */
  boot(kind: 'boot' | 'asked'): void;
  beat(kind: 'plain' | 'asked'): void;
  /** Must register anew. */
  forget(): void;
};

export function createRegistration(needs: {
  readonly dialect: Dialect;
  readonly station: Station;
  readonly speech: () => Speech;
  readonly timers: Timers;
  readonly random: () => number;
  readonly bootRetryMs: number;
  readonly accepted: (isNews: boolean) => void;
  /** No answer to a heartbeat: the line is dead although it looks open. */
  readonly lineSeemsDead: () => void;
  readonly tell: Tell;
}): Registration {
  const { dialect, timers } = needs;
  let state: 'none' | 'accepted' | 'pending' | 'rejected' = 'none';
  let bootTimer: (() => void) | undefined;
  let beatTimer: (() => void) | undefined;
  let isBooting = false;

  function boot(kind: 'boot' | 'asked'): void {
    if (isBooting) return;
    isBooting = true;
    bootTimer?.();
    bootTimer = undefined;
    void ask(kind); // never rejects
  }

  async function ask(kind: 'boot' | 'asked'): Promise<void> {
    const { action, payload } = dialect.boot(needs.station, kind === 'asked');
    const outcome = await needs.speech().say({ kind, action, build: () => ({ action, payload }) });
    isBooting = false;
    if (outcome.outcome === 'lost') return; // once more when the line is open
    if (outcome.outcome !== 'result') return bootLater(needs.bootRetryMs);
    const { status, intervalS } = dialect.readBoot(outcome.result);
    const isNews = state !== 'accepted';
    state = status === 'Accepted' ? 'accepted' : status === 'Pending' ? 'pending' : 'rejected';
    if (state === 'accepted') {
      // §4.2: with Accepted the interval is the heartbeat's; 0 leaves the choice to the charger.
      if (intervalS > 0) dialect.setHeartbeatInterval(intervalS);
      scheduleBeat(0.5 + 0.5 * needs.random());
      needs.accepted(isNews);
    } else bootLater(intervalS > 0 ? intervalS * 1000 : needs.bootRetryMs);
    needs.tell({ what: 'booted', status, intervalS });
    needs.speech().pump();
  }

  function bootLater(ms: number): void {
    bootTimer?.();
    bootTimer = timers.after(ms, () => {
      bootTimer = undefined;
      boot('boot');
    });
  }

  function scheduleBeat(part: number): void {
    beatTimer?.();
    const intervalS = dialect.settings.heartbeatIntervalS();
    beatTimer = intervalS <= 0 ? undefined : timers.after(intervalS * 1000 * part, () => beat('plain'));
  }

  function beat(kind: 'plain' | 'asked'): void {
    scheduleBeat(1);
    void say(kind); // never rejects
  }

  async function say(kind: 'plain' | 'asked'): Promise<void> {
    if (state !== 'accepted' && kind === 'plain') return;
    const { action, payload } = dialect.heartbeat();
    const outcome = await needs.speech().say({ kind, action, build: () => ({ action, payload }) });
    if (outcome.outcome === 'timeout') needs.lineSeemsDead();
  }

  return {
    state: () => state,
    maySend(kind, lineIsOpen) {
      if (!lineIsOpen) return false;
      if (kind === 'boot') return true;
      // §4.2: while pending, only what the CSMS asks for; while rejected, nothing.
      return kind === 'asked' ? state === 'accepted' || state === 'pending' : state === 'accepted';
    },
    opened() {
      if (state === 'accepted') scheduleBeat(0.5 + 0.5 * needs.random());
      else if (bootTimer === undefined) boot('boot');
    },
    boot,
    beat,
    forget() {
      state = 'none';
      bootTimer?.();
      bootTimer = undefined;
      beatTimer?.();
    },
  };
}
