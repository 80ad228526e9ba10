/**
 * A new key on its way to the charger by OCPP. Accepted: only the new one opens; refused: only the old; between the two either,
 * until one is used. Pure. It must never leave a charger without a key that opens.
 */
import type { Step } from '../ingest/contract.ts';
import type { ChargerKeyInput, CommandReply, KeyHash, KeyOfferReply } from '../ingest/inputs.ts';
import { type Profiles, profileUsed, settingSent, settingTaken } from './profile-raise.ts';

/**
 * offered: its command has not ended · handing_over: the same, and the old one is to open until the new one is used ·
 * undecided: it ended without an answer, so the next login tells · after_reboot: the charger has it, and uses it after its next
 * boot at the latest · until_used: it has it, and was asked to log in with it.
 */
export type OfferState = 'offered' | 'handing_over' | 'undecided' | 'after_reboot' | 'until_used';
export type KeyState = {
  /** Profile 0 knows no key. */
  readonly hasKeys: boolean;
  readonly current: KeyHash | null;
  readonly offer: { readonly commandId: string; readonly key: KeyHash; readonly state: OfferState } | null;
  readonly profiles: Profiles;
};
type Input<T extends ChargerKeyInput['type']> = Extract<ChargerKeyInput, { type: T }>;
type Next = Step<KeyState>;

export function decide(state: KeyState, input: ChargerKeyInput): Next {
  switch (input.type) {
    case 'offered':
      return offered(state, input);
    case 'command_ended':
      return ended(state, input);
    case 'used':
      return used(state, input);
    case 'profile_used':
      return withProfiles(state, profileUsed(state.profiles, input.profile), input.chargePointId);
  }
}

const stay = (state: KeyState, ignored: string): Next => ({ state, effects: [], ignored });
const moved = (state: KeyState, change: Partial<KeyState>): Next => ({ state: { ...state, ...change }, effects: [] });

/** One at a time: a second offer would forget a key that the charger may already use. */
function offered(state: KeyState, input: Input<'offered'>): Next {
  const refuse = (refused: KeyOfferReply['refused']): Next => ({
    state,
    effects: [{ do: 'reply', value: { refused } satisfies KeyOfferReply }],
    ignored: refused,
  });
  if (state.offer?.commandId === input.commandId) {
    const reply: CommandReply = { commandId: input.commandId, queued: true };
    return { state, effects: [{ do: 'reply', value: reply }], ignored: 'duplicate' };
  }
  if (!state.hasKeys) return refuse('no_key');
  if (state.offer !== null) return refuse(state.offer.state);
  const { commandId, key, sealed, action, payload, timeoutS, requestedBy, waitingNode, chargePointId, receivedAt } =
    input;
  const command = { commandId, action, payload, sealed, timeoutS, requestedBy, waitingNode } as const;
  return {
    state: { ...state, offer: { commandId, key, state: input.keepsOld === true ? 'handing_over' : 'offered' } },
    effects: [
      {
        do: 'feed',
        input: { room: 'commands', type: 'requested', chargePointId, receivedAt, askedBy: 'charger_keys', ...command },
      },
    ],
  };
}

/** Told once more when the answer comes late. */
function ended(state: KeyState, input: Input<'command_ended'>): Next {
  const { offer } = state;
  if (offer === null || offer.commandId !== input.commandId) {
    const profiles = settingSent(settingTaken(state.profiles, input.learned), input.mayHold);
    return withProfiles(state, profiles, input.chargePointId);
  }
  if (input.neverSent === true) return moved(state, { offer: null });
  switch (input.status) {
    case 'accepted': {
      const { learned } = input;
      const changes = learned?.about === 'settings_changed' ? learned.changes : [];
      const isLater = changes.some(({ outcome }) => outcome === 'reboot_required');
      if (isLater) return moved(state, { offer: { ...offer, state: 'after_reboot' } });
      if (offer.state === 'handing_over') {
        const { chargePointId } = input; // logged in with the old key: it is to come back with the new one (ocpp/transport.ts)
        const next = moved(state, { offer: { ...offer, state: 'until_used' } });
        return { ...next, effects: [{ do: 'wake', wake: { wake: 'connection', chargePointId } }] };
      }
      return moved(state, { current: offer.key, offer: null });
    }
    case 'rejected':
      return moved(state, { offer: null });
    case 'failed':
    case 'timed_out':
    case 'cancelled':
      return moved(state, { offer: { ...offer, state: 'undecided' } });
  }
}

function used(state: KeyState, input: Input<'used'>): Next {
  const { offer } = state;
  if (offer === null || offer.commandId !== input.offer) return stay(state, 'settled');
  if (input.key === 'next') return moved(state, { current: offer.key, offer: null });
  // While the command is on its way, or a reboot is to come, the old key says nothing about the new one.
  return offer.state === 'undecided' ? moved(state, { offer: null }) : stay(state, 'too_early');
}

/** Processes that hold its socket judge it by what the record says now. */
function withProfiles(state: KeyState, profiles: Profiles, chargePointId: string): Next {
  if (profiles === state.profiles) return stay(state, 'unknown');
  return {
    state: { ...state, profiles },
    effects: [{ do: 'wake', wake: { wake: 'connection', chargePointId } }],
  };
}
