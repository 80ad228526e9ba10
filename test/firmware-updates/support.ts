/** One charger's updates in the machine alone, and whatever may be said of them. */
import fc from 'fast-check';
import { moveOfStatus } from '../../src/firmware-updates/machine/edges.ts';
import { decide } from '../../src/firmware-updates/machine.ts';
import type { UpdateRow, UpdateState } from '../../src/firmware-updates/types.ts';
import type { FirmwareUpdateInput, WantedUpdate } from '../../src/ingest/inputs.ts';

export { isOpen } from '../../src/firmware-updates/machine/edges.ts';

export const T0 = new Date('2026-03-01T10:00:00.000Z');
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);
export const wanted: WantedUpdate = {
  ...{ id: 'fwu_1', rolloutId: 'rol_1', imageId: 'fwi_1', targetVersion: '2.0', fromVersion: '1.0', signed: false },
  ...{ maxAttempts: 2, retryDelayS: 60, stageTimeoutS: 3600, waitUntilIdle: true, windowFrom: null, windowTo: null },
  ...{ retrieveAt: null, installAt: null, expiresAt: after(86_400), requestedBy: 'key_1', traceId: null },
};
type Own<I> = I extends unknown ? Omit<I, 'room' | 'chargePointId' | 'receivedAt'> : never;
type Said = Own<FirmwareUpdateInput>;

export function world(more: Partial<WantedUpdate> = {}) {
  let state: UpdateState = { updates: new Map() };
  let replies: unknown[] = [];
  const [events, ignored, fed]: [string[], string[], unknown[]] = [[], [], []];
  const say = (input: Said, at = T0) => {
    const whole = { room: 'firmware_updates', chargePointId: 'cp_1', receivedAt: at, ...input } as FirmwareUpdateInput;
    const step = decide(state, whole, at);
    state = step.state;
    if (step.ignored !== undefined) ignored.push(step.ignored);
    replies = [];
    for (const effect of step.effects) {
      if (effect.do === 'emit') events.push(effect.event.type.replace('firmware.update_', ''));
      if (effect.do === 'reply') replies.push(effect.value);
      if (effect.do === 'feed') fed.push(effect.input);
    }
    return step;
  };
  const row = () => state.updates.get('fwu_1') as UpdateRow;
  say({ type: 'requested', update: { ...wanted, ...more } });
  return {
    ...{ say, row, events, ignored, fed },
    reply: () => replies[0],
    status: () => row().status,
    send: (at = T0, commandId = 'cmd_1', requestId = 7, fromVersion = '1.0') =>
      say(sending(commandId, requestId, fromVersion), at),
    told: (status: string, at = T0, requestId?: number) => say({ type: 'status_reported', requestId, status }, at),
    boot: (firmwareVersion: string | undefined, at = T0) => say({ type: 'booted', firmwareVersion }, at),
    due: (at: Date) => say({ type: 'overdue', updateId: 'fwu_1' }, at),
    answered: (said: string | undefined, status: 'accepted' | 'rejected' = 'accepted', differently: object = {}) =>
      say({
        ...{ type: 'command_ended', commandId: 'cmd_1', status, why: undefined },
        learned: said === undefined ? undefined : { about: 'firmware_answer', said },
        ...differently,
      }),
  };
}

const sending = (commandId: string, requestId: number, fromVersion = '1.0'): Said => ({
  ...{ type: 'send', updateId: 'fwu_1', commandId, requestId, action: 'UpdateFirmware', payload: {} },
  ...{ tokenHash: null, linkExpiresAt: null, fromVersion },
});

const small = fc.integer({ min: 1, max: 3 });
export const anything: fc.Arbitrary<Said> = fc.oneof(
  fc.record({
    type: fc.constant('status_reported' as const),
    requestId: fc.constantFrom(undefined, 1, 2, 3, 99),
    status: fc.constantFrom(...Object.keys(moveOfStatus), 'Idle', 'DownloadScheduled', 'InstallScheduled', 'Odd'),
  }),
  fc.record({
    type: fc.constant('booted' as const),
    firmwareVersion: fc.constantFrom('1.0', '2.0', '3.0', '', undefined),
  }),
  fc.constant<Said>({ type: 'overdue', updateId: 'fwu_1' }),
  fc.constant<Said>({ type: 'cancel_requested', updateId: 'fwu_1' }),
  small.map((n) => sending(`cmd_${n}`, n)),
  fc
    .record({
      n: small,
      status: fc.constantFrom('accepted', 'rejected', 'failed', 'timed_out', 'cancelled'),
      said: fc.constantFrom('Accepted', 'AcceptedCanceled', 'Rejected', undefined),
      neverSent: fc.boolean(),
    })
    .map(({ n, status, said, neverSent }) => ({
      ...{ type: 'command_ended' as const, commandId: `cmd_${n}`, status, why: undefined },
      learned: said === undefined ? undefined : { about: 'firmware_answer' as const, said },
      ...(neverSent && status !== 'accepted' && status !== 'rejected' && { neverSent: true as const }),
    })),
);
