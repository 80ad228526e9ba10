/** Heartbeat (1.6 §4.6, 2.0.1 G02), alike in every version. Changes nothing and must cost nothing: that the charger lives is noted by its connection. */
import type { FromCharger } from '../contract.ts';
import type { Needs } from '../handler-needs.ts';

export const heartbeat = ({ clock }: Pick<Needs, 'clock'>): FromCharger => {
  const answer = () => ({ currentTime: clock.now().toISOString() });
  return { action: 'Heartbeat', handle: () => Promise.resolve(answer()), minimal: answer };
};
