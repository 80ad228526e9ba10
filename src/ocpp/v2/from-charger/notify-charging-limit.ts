/** OCPP 2.0.1 K11, K12 NotifyChargingLimit: somebody else than us limits the station or one of its EVSEs. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList, readRecord, readText } from '../../reading.ts';
import { scheduleFromWire } from '../charging-profile.ts';
import { readEvseId } from '../fields.ts';

const MOST_SCHEDULES = 20;
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

export const notifyChargingLimit = ({ door, newId }: Pick<Needs, 'door' | 'newId'>): FromCharger => ({
  action: 'NotifyChargingLimit',

  async handle({ payload, link, receivedAt, traceId }) {
    const limit = readRecord(payload['chargingLimit']);
    const source = readText(limit['chargingLimitSource'], 20);
    if (source === undefined) throw new UnusableMessage('it does not say who limits');
    await door(
      {
        room: 'external_limits',
        type: 'limit_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        limitId: newId('xlm'),
        evseId: readEvseId(payload['evseId']) ?? 0,
        source,
        isGridCritical: flag(limit['isGridCritical']),
        isLocalGeneration: flag(limit['isLocalGeneration']),
        schedules: readList(payload['chargingSchedule'])
          .slice(0, MOST_SCHEDULES)
          .flatMap((each) => scheduleFromWire(each) ?? []),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
