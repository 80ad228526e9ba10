/** How what was found comes to the machines of alerts: through the one door for every change. */
import type { Tx } from '../database/contract.ts';
import type { Ingest } from '../ingest/contract.ts';
import type { AlertInput } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';

export type SweepNeeds = {
  readonly db: Tx;
  readonly submit: Ingest['submit'];
  readonly now: () => Date;
};

const PATIENCE_MS = 30_000;

/** All together, so that they share transactions. A charge point that was deleted meanwhile has nothing to be told any more. */
export async function hand({ submit }: Pick<SweepNeeds, 'submit'>, inputs: readonly AlertInput[]): Promise<void> {
  await Promise.all(
    inputs.map(async (input) => {
      try {
        await submit(input, { patienceMs: PATIENCE_MS });
      } catch (cause) {
        if (!(cause instanceof AppError) || cause.code !== 'not_found') throw cause;
      }
    }),
  );
}
