/** What a charger last said of its configuration keys, from its answers to GetConfiguration. */
import type { Database } from '../database/contract.ts';
import type { ConfigurationOf } from './set-profile.ts';

/** Later answers go before earlier ones; older than these nobody trusts. */
const MOST_ANSWERS = 20;

export const lastConfiguration =
  ({ prisma }: Pick<Database, 'prisma'>): ConfigurationOf =>
  async (where, keys) => {
    // Plan: the newest end of (charge_point_id, id), which holds few of other actions in between.
    const answers = await prisma.command.findMany({
      where: { ...where, action: 'GetConfiguration', status: 'accepted' },
      orderBy: { id: 'desc' },
      take: MOST_ANSWERS,
      select: { result: true },
    });
    const found = new Map<string, string>();
    for (const { result } of answers) {
      const said = isRecord(result) ? result['configurationKey'] : undefined;
      for (const entry of Array.isArray(said) ? said : []) {
        if (!isRecord(entry)) continue;
        const { key, value } = entry;
        if (typeof key === 'string' && typeof value === 'string' && keys.includes(key) && !found.has(key))
          found.set(key, value);
      }
    }
    return found;
  };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
