/** The job of certificate requests: each is asked of the signer once, however slow it is and whoever else asks. */
import { expect, test } from '@jest/globals';
import { certificateStore } from '../../src/certificates/read-store.ts';
import { createSigning } from '../../src/certificates/signing.ts';
import type { Signer } from '../../src/certificates/types.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';

const db = await testDatabase();

test('a request is signed once, also where those before it took longer than a process may keep it', async () => {
  const start = new Date('2026-06-01T10:00:00.000Z');
  let at = start;
  const asked: string[] = [];
  const organizationId = newId('org');
  await db.prisma.organization.create({ data: { id: organizationId, name: 'Test' } });
  const ids = await Promise.all(
    [0, 1, 2, 3, 4, 5, 6].map(async (i) => {
      const [id, chargePointId] = [newId('csr'), newId('cp')];
      await db.prisma.chargePoint.create({ data: { id: chargePointId, organizationId, identity: chargePointId } });
      await db.prisma.certificateRequest.create({
        data: {
          ...{ id, organizationId, chargePointId, status: 'requested', csr: 'CSR', csrHash: id, createdAt: start },
          dueAt: new Date(start.getTime() - 1000 + i),
        },
      });
      return id;
    }),
  );
  const process = (meanwhile: () => Promise<unknown>) => {
    const sign: Signer = async ({ id }) => {
      asked.push(id);
      await meanwhile();
      at = new Date(at.getTime() + 30_000);
      return { refused: 'no' };
    };
    return createSigning({
      ...{ store: certificateStore(db), signers: { chargePoint: sign, v2g: undefined }, newId, log: quiet },
      clock: { now: () => at },
      issue: () => {
        throw new Error('nothing is sent');
      },
      // What the room keeps of a refusal.
      submit: async (input) => {
        if (input.type === 'signing_failed')
          await db.prisma.certificateRequest.update({
            where: { id: input.requestId },
            data: { status: 'failed', dueAt: null },
          });
        return {};
      },
    });
  };
  const other = process(async () => undefined);
  const slow = process(async () => asked.length === 6 && other.run());
  await slow.run();
  expect(asked).toEqual(ids);
});
