/** B: what chargers do about booting, statuses and clocks. */
import type { Charger, Misbehaviour } from '../contract.ts';
import type { OutgoingCall } from '../types.ts';
import { inTurn, on, payloadOf, replaceDeep, withFields } from './payload.ts';

/** Runs when a boot was accepted for the first time. */
function onceBooted(charger: Charger, run: () => void): void {
  const off = charger.on(({ what }) => {
    if (what !== 'booted' || !charger.isBooted()) return;
    off();
    run();
  });
}

const sinceEpochOf = (timestamp: unknown): number => new Date(String(timestamp)).getTime();
const shifted = (call: OutgoingCall, ms: number, status: string): OutgoingCall => {
  const at = sinceEpochOf(payloadOf(call)['timestamp']);
  const field = 'connectorStatus' in payloadOf(call) ? 'connectorStatus' : 'status';
  return withFields(call, { [field]: status, timestamp: new Date(at + ms).toISOString() });
};

export const boot: Readonly<Record<string, Misbehaviour>> = {
  B2: {
    does: 'drops the connection and starts over when it is called before its boot was answered',
    traits: { restartsWhenCalledBeforeBoot: true },
  },
  B3: { does: 'reboots when a BootNotification is triggered', traits: { restartsOnBootTrigger: true } },
  B4: {
    does: 'reboots ten seconds after each boot',
    routine(charger) {
      charger.on(({ what }) => {
        if (what === 'booted' && charger.isBooted()) charger.after(10_000, () => charger.reboot('Reboot'));
      });
    },
  },
  B5: { does: 'tells no status after its boot unless asked', traits: { reportsStatusAfterBoot: false } },
  B6: {
    does: 'tells each status of a connector, and the one before it once more behind it',
    calls: () => {
      const before = new Map<string, OutgoingCall>();
      return on('StatusNotification', (call) => {
        const { evseId, connectorId } = payloadOf(call);
        const place = `${String(evseId)} ${String(connectorId)}`;
        const older = before.get(place);
        before.set(place, call);
        return older === undefined ? [call] : [call, older];
      });
    },
  },
  B7: {
    does: 'reports connector 0 Faulted after its boot, and Available half a minute later',
    routine: (charger) =>
      onceBooted(charger, () => {
        charger.fault(0, 'InternalError');
        charger.after(30_000, () => charger.clear(0));
      }),
  },
  B8: {
    does: 'reports connector 1 Faulted after its boot, and Available half a minute later',
    routine: (charger) =>
      onceBooted(charger, () => {
        charger.fault(1, 'GroundFailure');
        charger.after(30_000, () => charger.clear(1));
      }),
  },
  B9: {
    does: 'goes through Finishing and SuspendedEVSE on its way to Preparing; in 2.x through Reserved and Unavailable to Occupied',
    calls: () =>
      on('StatusNotification', (call) => {
        const { status, connectorStatus } = payloadOf(call);
        if (status === 'Preparing') return [shifted(call, -2, 'Finishing'), shifted(call, -1, 'SuspendedEVSE'), call];
        if (connectorStatus !== 'Occupied') return [call];
        return [shifted(call, -2, 'Reserved'), shifted(call, -1, 'Unavailable'), call];
      }),
  },
  B10: {
    does: 'answers every accepted change of a setting with RebootRequired',
    traits: { configurationNeedsReboot: true },
  },
  B11: {
    does: 'timestamps of 1970, without a zone, and empty, in turn',
    calls: () => {
      const next = inTurn<(timestamp: unknown) => string>([
        (timestamp) => new Date(sinceEpochOf(timestamp) % (3600 * 1000)).toISOString(),
        (timestamp) => String(timestamp).replace('Z', ''),
        () => '',
      ]);
      return (call) => {
        if (call.action === 'Heartbeat' || call.action === 'BootNotification') return [call];
        return [{ ...call, payload: replaceDeep(call.payload, 'timestamp', next()) }];
      };
    },
  },
  B12: {
    does: 'has twenty sessions in its memory when it connects for the first time',
    routine: (charger) => charger.rememberSessions(20),
  },
  B13: {
    does: 'flaps: connector 1 Faulted and Available again ten times within ten seconds after its boot',
    routine: (charger) =>
      onceBooted(charger, () => {
        for (let i = 0; i < 10; i += 1) {
          charger.after(i * 1000 + 500, () => charger.fault(1, 'InternalError'));
          charger.after(i * 1000 + 1000, () => charger.clear(1));
        }
      }),
  },
};
