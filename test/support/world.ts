/** An organization with charge points and tokens, straight into the tables, for tests of the rooms on a real database. */
import type { Database } from '../../src/database/index.ts';
import { newId } from '../../src/platform/ids.ts';

export type World = {
  readonly organizationId: string;
  readonly chargePoints: readonly { readonly id: string; readonly identity: string }[];
};

export async function createWorld(
  db: Database,
  options: {
    chargePoints?: number;
    tokens?: readonly { uid: string; maxConcurrent?: number | null; status?: string; groupId?: string }[];
    groups?: readonly { id: string; maxConcurrent?: number | null }[];
    policy?: string;
    prefix?: string;
  } = {},
): Promise<World> {
  const organizationId = newId('org');
  await db.prisma.organization.create({
    data: { id: organizationId, name: 'Test', authorizationPolicy: options.policy ?? 'list' },
  });
  const chargePoints = Array.from({ length: options.chargePoints ?? 1 }, (_, i) => ({
    id: newId('cp'),
    identity: `${options.prefix ?? organizationId.slice(-8)}-${i + 1}`,
  }));
  await db.prisma.chargePoint.createMany({
    data: chargePoints.map(({ id, identity }) => ({ id, identity, organizationId, securityProfile: 0 })),
  });
  await db.prisma.chargePointSequence.createMany({ data: chargePoints.map(({ id }) => ({ chargePointId: id })) });
  await db.prisma.chargePointState.createMany({
    data: chargePoints.map(({ id }) => ({ chargePointId: id, organizationId })),
  });
  await db.prisma.tokenGroup.createMany({
    data: (options.groups ?? []).map(({ id, maxConcurrent = null }) => ({
      id,
      organizationId,
      name: id,
      parentIdTag: id.slice(-20),
      parentIdKey: id.slice(-20).toLowerCase(),
      maxConcurrent,
      createdAt: new Date(),
      updatedAt: new Date(),
    })),
  });
  await db.prisma.token.createMany({
    data: (options.tokens ?? [{ uid: 'TAG' }]).map(({ uid, maxConcurrent = 1, status = 'active', groupId }) => ({
      id: newId('tok'),
      organizationId,
      uid,
      uidKey: uid.toLowerCase(),
      maxConcurrent,
      status,
      groupId: groupId ?? null,
    })),
  });
  return { organizationId, chargePoints };
}
