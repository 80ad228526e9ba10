/** Hands an input of a person to the machine, and makes a refusal an error that says what to do. */
import { PATIENCE_MS, type SubmitOptions } from '../ingest/contract.ts';
import type { HandoverInput, HandoverRefusal, HandoverReply } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';

const messages: Readonly<Record<Exclude<HandoverRefusal, 'unknown'>, (reply: Refused) => string>> = {
  already_open: () => 'A handover of this charge point is open already; cancel it first, or wait for it',
  not_open: ({ status = 'ended' }) =>
    status === 'accepted' || status === 'completed'
      ? `The handover has been accepted already (${status})`
      : `The handover is ${status}; nothing can be done with it any more`,
  own: () => 'The organization that gives a charge point away cannot accept or decline its handover; it can cancel it',
  blocked: ({ checks = [] }) =>
    `Not while these checks are in the way: ${checks.join(', ')}. Those that only wait pass by themselves: accept with when=idle`,
};
type Refused = Extract<HandoverReply, { at: 'refused' }>;

/** Without `onlyFor`: a handover is of two organizations, and the machine knows which has which say. */
export type SubmitHandover = (input: HandoverInput, options?: SubmitOptions) => Promise<unknown>;

export const createSubmit =
  (submit: SubmitHandover) =>
  async (input: HandoverInput, traceId: string): Promise<void> => {
    // What the room promises for these inputs, see ingest/inputs/handovers.ts.
    const reply = (await submit(input, { patienceMs: PATIENCE_MS, traceId })) as HandoverReply;
    if (reply.at === 'done') return;
    if (reply.why === 'unknown') throw new AppError('not_found', 'There is no such handover');
    const details = (reply.checks ?? []).map((check) => ({ field: check, message: 'is in the way' }));
    throw new AppError('conflict', messages[reply.why](reply), { details });
  };
