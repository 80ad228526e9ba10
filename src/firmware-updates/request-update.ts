/** Schedules an update of one charger: checks that it fits and can be said, then keeps it. The job sends it (send-due.ts). */
import { type CallRules, checkedCall } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { type FirmwareImage, isReady } from '../firmware-images/index.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { UpdateReply, WantedUpdate } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type ChargerFacts, chargerFacts, findUpdate, type StoredUpdate } from './read-store.ts';
import { updateCall } from './send-due.ts';

export type UpdateOptions = Pick<
  WantedUpdate,
  | 'maxAttempts'
  | 'retryDelayS'
  | 'stageTimeoutS'
  | 'waitUntilIdle'
  | 'windowFrom'
  | 'windowTo'
  | 'retrieveAt'
  | 'installAt'
> & { readonly expiresInS: number };

export type UpdateRequest = UpdateOptions & {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly imageId: string;
  /** Default: when the image has a signature. */
  readonly signed?: boolean | undefined;
  /** Also for a charger of another vendor or model than the image is for. */
  readonly anyModel: boolean;
  readonly requestedBy: string;
  readonly traceId: string;
};
export type RequestUpdate = (request: UpdateRequest) => Promise<StoredUpdate>;

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: SubmitFor;
  readonly calls: CallRules;
  readonly image: (organizationId: string, id: string) => Promise<FirmwareImage | undefined>;
  readonly newId: (prefix: 'fwu') => string;
  readonly clock: Clock;
};

/** Throws not_found, validation_failed, conflict, unavailable. */
export const createRequestUpdate =
  ({ db, submit, calls, image: find, newId, clock }: Needs): RequestUpdate =>
  async (request) => {
    const { organizationId, chargePointId, imageId, requestedBy, traceId, retrieveAt, installAt } = request;
    const charger = await chargerFacts(db, organizationId, chargePointId);
    if (charger === undefined) throw new AppError('not_found', 'There is no such charge point');
    const image = await find(organizationId, imageId);
    if (image === undefined) throw invalid('image_id', 'is no image of firmware');
    if (!isReady(image)) throw new AppError('conflict', 'The file of this image has not arrived; send it first');
    const signed = request.signed ?? image.signature !== null;
    if (signed && image.signature === null) throw invalid('signed', 'needs an image with a signature');
    const unfit = request.anyModel ? undefined : unfitFor(image, charger);
    if (unfit !== undefined) throw invalid('image_id', unfit);
    if (retrieveAt !== null && installAt !== null && installAt < retrieveAt)
      throw invalid('install_at', 'must not be earlier than retrieve_at');
    const now = clock.now();
    if (charger.protocol !== null) {
      const update = { signed, retrieveAt, installAt };
      const command = updateCall({ update, image, requestId: 1, location: image.url ?? 'https://example.com/x', now });
      checkedCall(calls, charger, charger.protocol, { command });
    }
    const update: WantedUpdate = {
      id: newId('fwu'),
      rolloutId: null,
      imageId,
      targetVersion: image.version,
      fromVersion: charger.firmwareVersion,
      signed,
      ...optionsOf(request, now),
      requestedBy,
      traceId,
    };
    const reply = await schedule(submit, { organizationId, chargePointId }, update, now);
    if (!reply.created)
      throw new AppError('conflict', `The update ${reply.updateId} of this charge point has not ended`);
    const stored = await findUpdate(db, organizationId, update.id);
    if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return stored;
  };

/** For rollouts too: with an id that was drawn before, what is done twice is one update. */
export const schedule = async (
  submit: SubmitFor,
  { organizationId, chargePointId }: { readonly organizationId: string; readonly chargePointId: string },
  update: WantedUpdate,
  receivedAt: Date,
): Promise<UpdateReply> =>
  (await submit(
    { room: 'firmware_updates', type: 'requested', chargePointId, receivedAt, onlyFor: organizationId, update },
    { patienceMs: PATIENCE_MS, traceId: update.traceId ?? undefined },
  )) as UpdateReply; // what the room promises

export const optionsOf = (request: UpdateOptions, now: Date) => ({
  maxAttempts: request.maxAttempts,
  retryDelayS: request.retryDelayS,
  stageTimeoutS: request.stageTimeoutS,
  waitUntilIdle: request.waitUntilIdle,
  windowFrom: request.windowFrom,
  windowTo: request.windowTo,
  retrieveAt: request.retrieveAt,
  installAt: request.installAt,
  expiresAt: new Date(now.getTime() + request.expiresInS * 1000),
});

/** Why this image is not for this charger; undefined: it is, as far as anybody knows. */
function unfitFor(image: FirmwareImage, charger: ChargerFacts): string | undefined {
  for (const what of ['vendor', 'model'] as const) {
    const [wanted, is] = [image[what], charger[what]];
    if (wanted === null || is === null || wanted.toLowerCase() === is.toLowerCase()) continue;
    return `is for the ${what} ${wanted}, and the charge point is ${is}; with any_model it goes there all the same`;
  }
  return undefined;
}

const invalid = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The request is not valid: ${field} ${message}`, { details: [{ field, message }] });
