/** Batteries that are swapped instead of charged (2.1 S01–S04), and payments begun elsewhere (C24). */
import type { Controls } from '../dialect.ts';
import { numberOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { type Answering, badField, knowsEvse, refused, result } from './answering.ts';
import type { Device } from './device.ts';

const PAUSE_MS = 2000;

/** A driver leaves an empty battery and takes a full one. */
export function swap(token: string, requestId: number, controls: Controls, { tokens }: Device): void {
  const tell = (eventType: string, soC: number, number: number): void => {
    const battery: Payload = { evseId: 1, serialNumber: `SIM-BAT-${number}`, soC, soH: 97 };
    const payload = { eventType, requestId, idToken: tokens.idToken(token), batteryData: [battery] };
    controls.say({ action: 'BatterySwap', payload })();
  };
  tell('BatteryIn', 12, requestId * 2);
  controls.after(PAUSE_MS, () => tell('BatteryOut', 96, requestId * 2 + 1));
}

export const swapping: Readonly<Record<string, Answering>> = {
  RequestBatterySwap(payload, controls, device) {
    const requestId = numberOf(payload['requestId']);
    const token = device.tokens.learn(payload['idToken']);
    if (requestId === undefined || token === undefined) return badField('requestId or idToken');
    // S02.FR.03: only where somebody could come to it.
    if (!controls.isAccepted() || controls.shown(0).status !== 'Available') return refused('Unavailable');
    return result({ status: 'Accepted' }, () =>
      controls.after(PAUSE_MS, () => swap(token, requestId, controls, device)),
    );
  },
  NotifyWebPaymentStarted(payload, controls, { webPayments }) {
    const [evseId, timeout] = [numberOf(payload['evseId']), numberOf(payload['timeout'])];
    if (evseId === undefined || timeout === undefined || !knowsEvse(controls, evseId))
      return badField('evseId or timeout');
    // C24: until it runs out, the EVSE is for the one who pays: a cable alone begins nothing there.
    const until = controls.now().getTime() + timeout * 1000;
    webPayments.set(evseId, until);
    return result({});
  },
};
