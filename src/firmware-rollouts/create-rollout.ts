/** A rollout as a draft: which chargers it is for, in which stages. Nobody is told of it before it is started. */
import type { Database } from '../database/contract.ts';
import { type FirmwareImage, isReady } from '../firmware-images/index.ts';
import type { UpdateOptions } from '../firmware-updates/index.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { stagesOf } from './machine.ts';
import { findRollout, insertRollout, matchMembers, type RolloutFilter, type StoredRollout } from './store.ts';
import type { Strategy } from './types.ts';

export const MOST_MATCHED = 10_000;

export type RolloutRequest = {
  readonly organizationId: string;
  readonly name: string;
  readonly imageId: string;
  readonly signed: boolean | undefined;
  readonly strategy: Strategy;
  /** Of a canary: how many chargers each stage before the last one has. */
  readonly stageSizes: readonly number[];
  readonly batchSize: number;
  readonly maxFailedPercent: number;
  readonly filter: RolloutFilter;
  readonly options: UpdateOptions;
  readonly requestedBy: string;
  readonly traceId: string;
};
export type CreateRollout = (request: RolloutRequest) => Promise<StoredRollout>;

type Needs = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly image: (organizationId: string, id: string) => Promise<FirmwareImage | undefined>;
  readonly newId: (prefix: 'rol' | 'fwu') => string;
  readonly clock: Clock;
};

/** Throws validation_failed, conflict. */
export const createCreateRollout =
  ({ db, image: find, newId, clock }: Needs): CreateRollout =>
  async (request) => {
    const { organizationId, name, imageId, strategy, maxFailedPercent, filter, options, requestedBy, traceId } =
      request;
    const image = await find(organizationId, imageId);
    if (image === undefined) throw invalid('image_id', 'is no image of firmware');
    if (!isReady(image)) throw new AppError('conflict', 'The file of this image has not arrived; send it first');
    const signed = request.signed ?? image.signature !== null;
    if (signed && image.signature === null) throw invalid('signed', 'needs an image with a signature');
    for (const what of ['vendor', 'model'] as const) {
      const [wanted, is] = [filter[what]?.toLowerCase(), image[what]?.toLowerCase()];
      if (wanted !== undefined && is !== undefined && wanted !== is)
        throw invalid(`filter.${what}`, `is not the one that the image is for: ${image[what]}`);
    }
    const by = {
      ...filter,
      vendor: filter.vendor ?? image.vendor ?? undefined,
      model: filter.model ?? image.model ?? undefined,
    };
    const { version: targetVersion } = image;
    const matched = await matchMembers(db, organizationId, { ...by, targetVersion }, MOST_MATCHED + 1);
    if (matched.length === 0) throw invalid('filter', `matches no charge point that has not ${targetVersion} already`);
    if (matched.length > MOST_MATCHED)
      throw invalid('filter', `matches more than ${MOST_MATCHED} charge points; narrow it`);
    const stageSizes = stagesOf(strategy, matched.length, { sizes: request.stageSizes, batch: request.batchSize });
    const stages = stageSizes.flatMap((size, stage) => Array.from({ length: size }, () => stage));
    const members = matched.map((chargePointId, i) => ({
      chargePointId,
      stage: stages[i] ?? stageSizes.length - 1,
      updateId: newId('fwu'),
    }));
    const id = newId('rol');
    const of = { id, organizationId, name, imageId, targetVersion, signed, strategy, stageSizes, maxFailedPercent };
    await insertRollout(db, { ...of, filter, options, requestedBy, traceId, createdAt: clock.now() }, members);
    const stored = await findRollout(db, organizationId, id);
    if (stored === undefined) throw new Error(`rollout ${id} is not there`);
    return stored;
  };

const invalid = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The request is not valid: ${field} ${message}`, { details: [{ field, message }] });
