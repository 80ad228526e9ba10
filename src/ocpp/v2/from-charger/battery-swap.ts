/** OCPP 2.1 S01–S03 BatterySwap: batteries came in or went out. The answer says nothing; what has happened is written down. */

import type { SwappedBattery } from '../../../ingest/inputs.ts';
import { readRequestId } from '../../common-words.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { parseInstant } from '../../instants.ts';
import { enumReader, readList, readNumber, readRecord, readText } from '../../reading.ts';
import { readEvseId, readIdToken } from '../fields.ts';

const EVENTS = { BatteryIn: 'in', BatteryOut: 'out', BatteryOutTimeout: 'out_timeout' } as const;
const readEvent = enumReader(Object.keys(EVENTS) as (keyof typeof EVENTS)[]);
const MOST_BATTERIES = 100;

export const batterySwap = ({ door, newId }: Pick<Needs, 'door' | 'newId'>): FromCharger => ({
  action: 'BatterySwap',

  async handle({ payload, link, receivedAt, traceId }) {
    const event = readEvent(payload['eventType']);
    const requestId = readRequestId(payload['requestId']);
    if (event === undefined) throw new UnusableMessage('there is no eventType that is known');
    if (requestId === undefined) throw new UnusableMessage('there is no requestId');
    const { chargePointId } = link;
    const token = readIdToken(payload['idToken']);
    const tokenUid = token?.uid ? token.uid : null;
    const known =
      tokenUid === null
        ? undefined
        : await door(
            {
              room: 'tokens',
              type: 'authorize',
              chargePointId,
              receivedAt,
              tokenUid,
              isTyped: token?.isTyped ?? false,
            },
            traceId,
          );
    await door(
      {
        room: 'battery_swaps',
        type: 'swapped',
        chargePointId,
        receivedAt,
        swapId: newId('bsw'),
        requestId,
        movement: EVENTS[event],
        tokenUid,
        authorization: known?.authorization ?? 'invalid',
        batteries: readList(payload['batteryData'])
          .slice(0, MOST_BATTERIES)
          .flatMap((each) => readBattery(each) ?? []),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});

const percent = (value: unknown): number | undefined => {
  const number = readNumber(value);
  return number === undefined || number < 0 || number > 1000 ? undefined : number;
};

function readBattery(value: unknown): SwappedBattery | undefined {
  const said = readRecord(value);
  const evseId = readEvseId(said['evseId']);
  const serialNumber = readText(said['serialNumber'], 50);
  if (evseId === undefined || serialNumber === undefined) return undefined;
  const socPercent = percent(said['soC']);
  const sohPercent = percent(said['soH']);
  const producedAt = parseInstant(said['productionDate'])?.toISOString();
  const vendorInfo = readText(said['vendorInfo'], 500);
  return {
    ...{ evseId, serialNumber },
    ...(socPercent !== undefined && { socPercent }),
    ...(sohPercent !== undefined && { sohPercent }),
    ...(producedAt !== undefined && { producedAt }),
    ...(vendorInfo !== undefined && { vendorInfo }),
  };
}
