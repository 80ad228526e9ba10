/** The words of the firmware room: what chargers were asked to install or to publish, and what they say of it. */
export const firmwareKinds = ['update', 'publish'] as const;
export type FirmwareKind = (typeof firmwareKinds)[number];

/** One status as the charger said it. */
export type SaidStatus = { readonly status: string; readonly at: string; readonly info?: string };

/** A row of the table firmware_requests. */
export type FirmwareRow = {
  readonly id: string;
  readonly kind: FirmwareKind;
  /** null: OCPP 1.6 core has none. */
  readonly requestId: number | null;
  readonly commandId: string;
  /** As it was asked for; redacted before it is stored. */
  readonly location: string | null;
  /** Of `publish`: MD5, lower case. */
  readonly checksum: string | null;
  readonly signed: boolean;
  /** accepted, rejected, failed, timed_out, cancelled: how its command ended. */
  readonly outcome: string;
  /** The charger's own word in its answer: Accepted, AcceptedCanceled, InvalidCertificate, … */
  readonly answer: string | null;
  /** As the charger said it last. */
  readonly status: string | null;
  readonly statusAt: Date | null;
  readonly statuses: readonly SaidStatus[];
  /** Of `publish`: where other stations get it. */
  readonly locations: readonly string[];
  readonly publishedAt: Date | null;
  readonly unpublishedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Of one charge point, by id: the newest of each kind, what is published, and what the inputs name. */
export type FirmwareState = { readonly rows: ReadonlyMap<string, FirmwareRow> };
