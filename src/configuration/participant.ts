/** How the room takes part in the one door for every change, and the periodic job that looks after what is due. */
import type { CallRules } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS, type Participant } from '../ingest/contract.ts';
import type { ConfigurationInput } from '../ingest/inputs.ts';
import { idFrom } from '../platform/ids.ts';
import { type Context, decide } from './machine.ts';
import { closeOrphans, dueChanges, forgetChanges, loadConfiguration, saveConfiguration } from './store.ts';
import type { ConfigurationState, Words } from './types.ts';

export const wordsOf = (calls: Pick<CallRules, 'translate'>): Words => ({
  read: (protocol, keys) => calls.translate(protocol, { do: 'read_configuration', keys }),
  change: (protocol, settings) => calls.translate(protocol, { do: 'change_configuration', settings }),
  reboot: (protocol) => calls.translate(protocol, { do: 'reset', kind: 'soft' }),
});

export function configurationParticipant(words: Words): Participant<ConfigurationState, ConfigurationInput> {
  const context: Omit<Context, 'now'> = {
    words,
    commandIdOf: (changeId, step, now) => idFrom('cmd', now, `${changeId} ${step}`),
    changeIdOf: (chargePointId, now) => idFrom('cfg', now, `${chargePointId} ${now.getTime()}`),
  };
  return {
    room: 'configuration',
    load: loadConfiguration,
    decide: (state, input, { now }) => decide(state, input, { ...context, now }),
    save: saveConfiguration,
  };
}

const MOST_AT_ONCE = 200;

export async function sweepConfiguration(needs: {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly now: Date;
}): Promise<void> {
  const { db, submit, now } = needs;
  await closeOrphans(db, now);
  const due = await dueChanges(db, now, MOST_AT_ONCE);
  await Promise.allSettled(
    due.map(({ id, chargePointId }) =>
      submit(
        { room: 'configuration', type: 'overdue', chargePointId, receivedAt: now, changeId: id },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
}

const DAY_MS = 86_400_000;
const KEPT_DAYS = 365;
const READS_KEPT_DAYS = 7;

/** For the table of periodic jobs. Returns how many rows went. */
export function forgetConfigurationChanges(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  return forgetChanges(db, before(KEPT_DAYS), before(READS_KEPT_DAYS));
}
