/** REST: images of firmware. Their files go to chargers by links of their own (src/firmware-updates), never by these routes. */
import { z } from 'zod';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, downloadRoute, type Principal, route, uploadRoute } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { redactUrls, transferUrlFault } from '../platform/transfer-url.ts';
import type { Folder } from '../uploads/index.ts';
import type { ReceiveImage } from './receive-image.ts';
import { certificateFault } from './signature.ts';
import { certificateField, signatureField } from './signing.ts';
import type { ImageStore } from './store.ts';
import { type FirmwareImage, imageSources, isReady } from './types.ts';

const tag = 'Firmware';
const params = z.object({ id: idParam('fwi') });
const plain = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });
const sha256 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, { error: 'must be a SHA-256 checksum: 64 hexadecimal digits' })
  .transform((text) => text.toLowerCase());

const image = z
  .object({
    id: z.string(),
    version: z.string().describe('As chargers name it when they boot with it'),
    vendor: z.string().nullable().describe('null: of any vendor'),
    model: z.string().nullable(),
    description: z.string().nullable(),
    source: z.enum(imageSources),
    ready: z.boolean().describe('false: its file has not arrived'),
    url: z.string().nullable().describe('Of source url: where chargers fetch it, credentials masked'),
    file_name: z.string().nullable(),
    size_bytes: z.int().nullable(),
    sha256: z.string().nullable(),
    signed: z.boolean().describe('It has a signature and the certificate for it'),
    signature_verified: z
      .boolean()
      .nullable()
      .describe(
        'true: the file here is what the signature says; false: unverified, the file has not come or is behind a URL; null: not signed',
      ),
    stored_at: instantOut.nullable(),
    created_by: z.string().describe('key_… or usr_…'),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'FirmwareImage' });

const present = (row: FirmwareImage): z.input<typeof image> => ({
  id: row.id,
  version: row.version,
  vendor: row.vendor,
  model: row.model,
  description: row.description,
  source: row.source,
  ready: isReady(row),
  url: row.url === null ? null : redactUrls(row.url),
  file_name: row.fileName,
  size_bytes: row.sizeBytes,
  sha256: row.sha256,
  signed: row.signature !== null,
  // A file whose signature is wrong is never stored (receive-image.ts).
  signature_verified: row.signature === null ? null : row.storedAs !== null && row.signatureVerified,
  stored_at: row.storedAt,
  created_by: row.createdBy,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});

const newImage = z
  .strictObject({
    version: plain(50).meta({ examples: ['7.1.0'] }),
    vendor: plain(50).optional().describe('Chargers of another vendor do not get it'),
    model: plain(50).optional(),
    description: plain(500).optional(),
    url: z
      .string()
      .max(512)
      .optional()
      .describe('Chargers fetch it there; without it the file is sent here, to …/content'),
    file_name: z
      .string()
      .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/, { error: 'must be a file name of letters, digits, dot, _ and -' })
      .optional()
      .describe('How links to chargers end; some look at it'),
    size_bytes: z.int().min(1).optional().describe('Of a URL, if it is known'),
    sha256: sha256.optional().describe('What the file must have'),
    signature: signatureField.optional().describe('Of the file, base64: with it updates are signed ones'),
    signing_certificate: certificateField.optional().describe('PEM, of the key that signed it'),
  })
  .meta({ examples: [{ version: '7.1.0', vendor: 'Acme', model: 'X1', file_name: 'x1-7.1.0.bin' }] });

type Needs = {
  readonly store: ImageStore;
  readonly folder: Folder;
  readonly receive: ReceiveImage;
  readonly newId: (prefix: 'fwi') => string;
  readonly clock: Clock;
  /** TRANSFER_URL_SCHEMES */
  readonly schemes: readonly string[];
};

export function imageRoutes({ store, folder, receive, newId, clock, schemes }: Needs): AnyRoute[] {
  async function found({ organizationId }: Principal, id: string): Promise<FirmwareImage> {
    const row = await store.find(organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is nothing under this id');
    return row;
  }
  function checked(body: z.output<typeof newImage>): void {
    const { url, signature, signing_certificate: certificate, size_bytes: size } = body;
    const fault = url === undefined ? undefined : transferUrlFault(url, schemes);
    if (fault !== undefined) throw invalid('url', fault);
    if (url === undefined && size !== undefined) throw invalid('size_bytes', 'is counted when the file comes');
    if ((signature === undefined) !== (certificate === undefined)) {
      const missing = signature === undefined ? 'signature' : 'signing_certificate';
      throw invalid(missing, 'is missing: a signed image has both, signature and signing_certificate');
    }
    const unfit = certificate === undefined ? undefined : certificateFault(certificate, clock.now());
    if (unfit !== undefined) throw invalid('signing_certificate', unfit);
  }
  return [
    route({
      method: 'post',
      path: '/firmware-images',
      operationId: 'createFirmwareImage',
      summary: 'Create an image of firmware',
      description: 'With a `url` it is ready. Without one its file is sent next: `PUT /firmware-images/{id}/content`.',
      tag,
      access: 'write:charge_points',
      status: 201,
      body: newImage,
      response: image,
      async handle({ principal, body }) {
        checked(body);
        const now = clock.now();
        const row = await store.insert({
          id: newId('fwi'),
          organizationId: principal.organizationId,
          version: body.version,
          vendor: body.vendor ?? null,
          model: body.model ?? null,
          description: body.description ?? null,
          source: body.url === undefined ? 'upload' : 'url',
          url: body.url ?? null,
          fileName: body.file_name ?? null,
          sizeBytes: body.size_bytes ?? null,
          sha256: body.sha256 ?? null,
          signature: body.signature ?? null,
          signingCertificate: body.signing_certificate ?? null,
          storedAs: null,
          storedAt: null,
          signatureVerified: false,
          createdBy: principal.id,
          createdAt: now,
          updatedAt: now,
        });
        return present(row);
      },
    }),
    uploadRoute({
      path: '/firmware-images/{id}/content',
      operationId: 'uploadFirmwareImage',
      summary: 'Send the file of an image, once: an image never changes',
      description:
        'The body is the file as it is, up to FIRMWARE_MAX_MIB. The answer holds its SHA-256. That of a signed image must be what its signature says.',
      tag,
      access: 'write:charge_points',
      status: 200,
      errors: { 409: 'It has its file, or is a URL', 413: 'Larger than FIRMWARE_MAX_MIB, or there is no room' },
      params,
      upload: ['application/octet-stream'],
      response: image,
      handle: async ({ principal, params: { id }, req }) => present(await receive(req, await found(principal, id))),
    }),
    downloadRoute({
      path: '/firmware-images/{id}/content',
      operationId: 'downloadFirmwareImage',
      summary: 'Download the file of an image',
      tag,
      access: 'read:charge_points',
      errors: { 404: 'Unknown, of another organization, or it has no file here' },
      params,
      download: ['application/octet-stream'],
      async handle({ principal, params: { id } }) {
        const { storedAs, fileName, version } = await found(principal, id);
        const file = storedAs === null ? undefined : await folder.read(storedAs);
        if (file === undefined) throw new AppError('not_found', 'This image has no file here');
        const { stream: body, sizeBytes } = file;
        return {
          fileName: fileName ?? `firmware-${version}.bin`,
          contentType: 'application/octet-stream',
          sizeBytes,
          body,
        };
      },
    }),
    route({
      method: 'get',
      path: '/firmware-images',
      operationId: 'listFirmwareImages',
      summary: 'List images of firmware, newest first',
      tag,
      access: 'read:charge_points',
      confined: 'no_site',
      status: 200,
      query: z.strictObject({
        vendor: z.string().max(50).optional(),
        model: z.string().max(50).optional(),
        version: z.string().max(50).optional(),
        ...pageQuery,
      }),
      response: pageOf(image),
      async handle({ principal: { organizationId }, query }) {
        const page = readPage(query, idKey);
        const { vendor, model, version } = query;
        const rows = await store.list({ organizationId, vendor, model, version, page });
        return pageFrom(rows, page.limit, ({ id }) => id, present);
      },
    }),
    route({
      method: 'get',
      path: '/firmware-images/{id}',
      operationId: 'getFirmwareImage',
      summary: 'Get an image of firmware',
      tag,
      access: 'read:charge_points',
      confined: 'no_site',
      status: 200,
      params,
      response: image,
      handle: async ({ principal, params: { id } }) => present(await found(principal, id)),
    }),
    route({
      method: 'delete',
      path: '/firmware-images/{id}',
      operationId: 'deleteFirmwareImage',
      summary: 'Delete an image and its file',
      tag,
      access: 'write:charge_points',
      status: 204,
      errors: { 409: 'An update or a rollout that has not ended needs it' },
      params,
      async handle({ principal, params: { id } }) {
        const { organizationId } = principal;
        await found(principal, id);
        if (await store.isInUse(organizationId, id))
          throw new AppError('conflict', 'An update or a rollout that has not ended needs this image');
        const gone = await store.remove(organizationId, id);
        if (gone?.storedAs != null) await folder.remove(gone.storedAs);
      },
    }),
  ];
}

const invalid = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The request is not valid: ${field} ${message}`, { details: [{ field, message }] });
