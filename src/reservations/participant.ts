/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { ReservationInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadReservations, saveReservations } from './store.ts';
import type { ReservationState } from './types.ts';

export const reservations: Participant<ReservationState, ReservationInput> = {
  room: 'reservations',
  load: loadReservations,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveReservations,
};
