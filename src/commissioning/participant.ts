/** How the room takes part in the one door for every change, in the words of each version of OCPP. */
import type { CallRules } from '../commands/index.ts';
import type { Participant } from '../ingest/contract.ts';
import type { CommissioningInput } from '../ingest/inputs.ts';
import { idFrom } from '../platform/ids.ts';
import { type Context, decide } from './machine.ts';
import { loadCommissioning, saveCommissioning } from './store.ts';
import type { CommissioningState, Words } from './types.ts';

const idOf: Context['idOf'] = (prefix, runId, asks, now) => idFrom(prefix, now, `${runId} ${asks}`);

const wordsOf = (calls: Pick<CallRules, 'translate'>): Words => ({
  trigger: (protocol, message, place = {}) => calls.translate(protocol, { do: 'trigger', message, ...place }),
  reset: (protocol) => calls.translate(protocol, { do: 'reset', kind: 'soft' }),
  start: (protocol, { token: tokenUid, connectorId, remoteStartId }) =>
    calls.translate(protocol, { do: 'start', tokenUid, tokenType: 'central', connectorId, remoteStartId }),
  stop: (protocol, { transactionId, ocppTransactionId }) =>
    calls.translate(protocol, { do: 'stop', transactionId, ocppTransactionId: ocppTransactionId ?? undefined }),
});

export function commissioningParticipant(
  calls: Pick<CallRules, 'translate'>,
): Participant<CommissioningState, CommissioningInput> {
  const words = wordsOf(calls);
  return {
    room: 'commissioning',
    load: loadCommissioning,
    decide: (state, input, { now }) => decide(state, input, { words, idOf, now }),
    save: saveCommissioning,
  };
}
