/** The receiver's process as the scenarios use it. */
import { startHelper } from './processes.ts';
import type { ReceiverOrder, ReceiverReport } from './receiver.ts';
import { CORES } from './stage.ts';

export type Counted = Extract<ReceiverReport, { tell: 'counted' }>;
export type Receiver = {
  /** https://127.0.0.1:port */
  readonly url: string;
  /** Latencies, first and last are counted from now on. */
  begin(): void;
  misbehave(): void;
  counted(): Promise<Counted>;
  stop(): Promise<void>;
};

export async function startReceiver(certificate: { readonly cert: string; readonly key: string }): Promise<Receiver> {
  const helper = startHelper<ReceiverOrder, ReceiverReport>('./receiver.js', CORES.generator);
  helper.tell({ do: 'listen', cert: certificate.cert, key: certificate.key });
  const { port } = await helper.hear(
    (each): each is Extract<ReceiverReport, { tell: 'listening' }> => each.tell === 'listening',
    10_000,
  );
  return {
    url: `https://127.0.0.1:${port}`,
    begin: () => helper.tell({ do: 'begin' }),
    misbehave: () => helper.tell({ do: 'misbehave' }),
    counted() {
      helper.tell({ do: 'count' });
      return helper.hear((each): each is Counted => each.tell === 'counted', 10_000);
    },
    stop: helper.stop,
  };
}
