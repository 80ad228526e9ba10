/** The words of the room: firmware that chargers may be given. */
export const imageSources = ['upload', 'url'] as const;
export type ImageSource = (typeof imageSources)[number];

/** A row of the table firmware_images. */
export type FirmwareImage = {
  readonly id: string;
  readonly organizationId: string;
  /** As chargers name it in BootNotification. */
  readonly version: string;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly description: string | null;
  readonly source: ImageSource;
  /** With its credentials. */
  readonly url: string | null;
  readonly fileName: string | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  /** base64 */
  readonly signature: string | null;
  /** PEM */
  readonly signingCertificate: string | null;
  readonly storedAs: string | null;
  readonly storedAt: Date | null;
  /** The file here was held against its signature. */
  readonly signatureVerified: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Whether a charger could be sent to it now. */
export const isReady = ({ source, storedAs }: Pick<FirmwareImage, 'source' | 'storedAs'>): boolean =>
  source === 'url' || storedAs !== null;
