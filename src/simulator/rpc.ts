/** OCPP-J framing from the charger's side: CALL, CALLRESULT, CALLERROR; answers are matched to what was asked. No queue here. */
import type { CallOutcome, Payload } from './types.ts';

export type Request = { readonly id: unknown; readonly action: string; readonly payload: Payload };

export type RpcOptions = {
  readonly send: (text: string) => boolean;
  /** Real time. */
  readonly timeoutMs: number;
  readonly request: (request: Request) => void;
  /** Neither a call nor an answer to anything asked. */
  readonly stray: (text: string) => void;
};

export type Rpc = {
  /** Never rejects: what became of the call is its outcome. */
  call(id: string | number, action: string, payload: unknown): Promise<CallOutcome>;
  receive(text: string): void;
  /** The line is gone, and with it every answer. */
  lost(): void;
};

const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function createRpc(options: RpcOptions): Rpc {
  const open = new Map<string, (outcome: CallOutcome) => void>();

  return {
    call(id, action, payload) {
      const key = String(id);
      return new Promise((resolve) => {
        if (!options.send(JSON.stringify([2, id, action, payload]))) return resolve({ outcome: 'lost' });
        const timer = setTimeout(() => settle({ outcome: 'timeout' }), options.timeoutMs);
        const settle = (outcome: CallOutcome) => {
          clearTimeout(timer);
          if (open.get(key) === settle) open.delete(key);
          resolve(outcome);
        };
        open.get(key)?.({ outcome: 'lost' }); // the same id again: nobody can tell the answers apart
        open.set(key, settle);
      });
    },
    receive(text) {
      let frame: unknown;
      try {
        frame = JSON.parse(text);
      } catch {
        return options.stray(text); // a CSMS that writes no JSON: shown to whoever listens
      }
      if (!Array.isArray(frame)) return options.stray(text);
      const [type, id, third, fourth] = frame as readonly unknown[];
      if (type === 2 && typeof third === 'string') {
        return options.request({ id, action: third, payload: isPayload(fourth) ? fourth : {} });
      }
      const settle = open.get(String(id));
      if (settle === undefined) return options.stray(text);
      if (type === 3) return settle({ outcome: 'result', result: isPayload(third) ? third : {} });
      if (type === 4) return settle({ outcome: 'error', code: String(third), description: String(fourth ?? '') });
      options.stray(text);
    },
    lost() {
      for (const settle of [...open.values()]) settle({ outcome: 'lost' });
    },
  };
}
