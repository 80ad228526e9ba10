/** Runs the session machine as the engine would, with what the store keeps between inputs: held events and the log. */
import type { Effect } from '../../src/ingest/contract.ts';
import type { SessionInput } from '../../src/ingest/inputs.ts';
import { decide } from '../../src/sessions/machine.ts';
import type { LoggedEvent, SessionState } from '../../src/sessions/types.ts';

export const nothing: SessionState = {
  sessions: new Map(),
  remoteStart: undefined,
  remoteStarts: new Map(),
  held: new Map(),
  seen: [],
  log: [],
  corrections: [],
  place: undefined,
};

export type Step = { readonly input: SessionInput; readonly now: Date };

export function play(steps: readonly (SessionInput | Step)[], from: SessionState = nothing) {
  let state = from;
  const log: LoggedEvent[] = [];
  const effects: Effect[] = [];
  const ignored: (string | undefined)[] = [];
  for (const step of steps) {
    const { input, now } = 'input' in step ? step : { input: step, now: step.receivedAt };
    const seen =
      input.type === 'transaction_event'
        ? log.flatMap(({ input: { event } }) =>
            event.ocppTransactionId === input.event.ocppTransactionId && event.seqNo === input.event.seqNo
              ? [event.digest]
              : [],
          )
        : [];
    const done = decide({ ...state, seen, log: [] }, input, { now });
    state = done.state;
    log.push(...state.log);
    effects.push(...done.effects);
    ignored.push(done.ignored);
  }
  return {
    state,
    log,
    ignored,
    sessions: [...state.sessions.values()],
    events: effects.flatMap((effect) => (effect.do === 'emit' ? [effect.event] : [])),
    replies: effects.flatMap((effect) => (effect.do === 'reply' ? [effect.value] : [])),
    fed: effects.flatMap((effect) => (effect.do === 'feed' ? [effect.input] : [])),
  };
}
