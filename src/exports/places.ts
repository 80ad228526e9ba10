/** How many exports may run at a time: each reads the database as fast as its reader takes it. Of this process. */
import type { Readable } from 'node:stream';
import { AppError } from '../platform/errors.ts';

const PER_ORGANIZATION = 4;

/** Throws too_many_requests. The place is free again when the stream is over, however it ends. */
export type TakePlace = (organizationId: string, open: () => Readable) => Readable;

export function createPlaces(perOrganization = PER_ORGANIZATION): TakePlace {
  const taken = new Map<string, number>();
  return (organizationId, open) => {
    const count = taken.get(organizationId) ?? 0;
    if (count >= perOrganization)
      throw new AppError(
        'too_many_requests',
        `An organization may have ${perOrganization} exports running at a time; wait for one to end`,
        { retryAfterS: 10 },
      );
    const body = open();
    taken.set(organizationId, count + 1);
    body.once('close', () => {
      const left = (taken.get(organizationId) ?? 1) - 1;
      if (left > 0) taken.set(organizationId, left);
      else taken.delete(organizationId);
    });
    return body;
  };
}
