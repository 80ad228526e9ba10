/** What an earlier connection measured of a charger's clock holds for the next one, from its first message on. */
import { afterEach, expect, test } from '@jest/globals';
import { createV16 } from '../../src/ocpp/v16/index.ts';
import { createRig, type Rig } from './rig.ts';

let rig: Rig | undefined;
afterEach(() => rig?.close());

test.each([
  [null, true],
  [-7_200_000, false],
])(
  'a charger two hours behind comes back, measured as %s before: of the past is what it says now: %s',
  async (clockOffsetMs, historical) => {
    rig = await createRig({
      serve: (submit) =>
        createV16({
          ...{ submit, newId: (prefix) => `${prefix}_1`, clock: { now: () => new Date() } },
          nextTransactionId: () => Promise.resolve(1),
        }),
    });
    rig.charger('CP');
    rig.replies.set('stations.connected', () => ({ generation: 1, bootStatus: 'accepted', clockOffsetMs }));
    const charger = await rig.connect('CP');
    const timestamp = new Date(Date.now() - 7_200_000).toISOString();
    await charger.call('StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError', timestamp });
    expect(rig.of('stations', 'status_reported')).toMatchObject([{ at: { at: new Date(timestamp), historical } }]);
  },
);
