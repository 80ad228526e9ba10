/**
 * The machine of one update as a table: from where each move leads where. What stands in no row is ignored and counted. The
 * diagram in docs/firmware.md is generated from it. OCPP 2.0.1 L01, L02: statuses may be skipped, never taken back.
 */
import type { Move, UpdateStatus } from '../types.ts';

type Edges = Readonly<Record<UpdateStatus, Readonly<Partial<Record<Move, UpdateStatus>>>>>;

const told = {
  downloaded: 'downloaded',
  signature_verified: 'verifying',
  installing: 'installing',
  installed: 'installed',
  install_failed: 'install_failed',
  invalid_signature: 'invalid_signature',
} as const;
const fetching = { ...told, retry: 'scheduled', download_failed: 'download_failed' } as const;
const lost = { expire: 'timed_out', supersede: 'cancelled' } as const;

export const edges = {
  // A charger that failed to fetch may try again by itself, before we ask it again.
  scheduled: {
    send: 'sent',
    refuse: 'rejected',
    cancel: 'cancelled',
    expire: 'timed_out',
    downloading: 'downloading',
    ...told,
  },
  sent: { put_back: 'scheduled', refuse: 'rejected', downloading: 'downloading', ...fetching, ...lost },
  // What is told twice only says that it is alive.
  downloading: { downloading: 'downloading', ...fetching, ...lost },
  downloaded: {
    downloaded: 'downloaded',
    signature_verified: 'verifying',
    installing: 'installing',
    installed: 'installed',
    install_failed: 'install_failed',
    invalid_signature: 'invalid_signature',
    retry: 'scheduled',
    ...lost,
  },
  verifying: {
    signature_verified: 'verifying',
    installing: 'installing',
    installed: 'installed',
    install_failed: 'install_failed',
    invalid_signature: 'invalid_signature',
    retry: 'scheduled',
    ...lost,
  },
  installing: { installing: 'installing', installed: 'installed', install_failed: 'install_failed', ...lost },
  installed: {},
  download_failed: {},
  install_failed: {},
  invalid_signature: {},
  rejected: {},
  timed_out: {},
  cancelled: {},
} as const satisfies Edges;

/** undefined: no such edge. */
export const edge = (from: UpdateStatus, move: Move): UpdateStatus | undefined => (edges as Edges)[from][move];

export const isOpen = (status: UpdateStatus): boolean => Object.keys(edges[status]).length > 0;

/** These are failures, told as firmware.update_failed. */
export const failures: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'download_failed',
  'install_failed',
  'invalid_signature',
  'rejected',
  'timed_out',
]);

/** FirmwareStatusEnumType of 2.x and of the security extension, FirmwareStatus of 1.6 §7.25. Others only say that it is alive. */
export const moveOfStatus: Readonly<Record<string, Move>> = {
  Downloading: 'downloading',
  Downloaded: 'downloaded',
  SignatureVerified: 'signature_verified',
  Installing: 'installing',
  InstallRebooting: 'installing',
  Installed: 'installed',
  DownloadFailed: 'download_failed',
  InstallationFailed: 'install_failed',
  InstallVerificationFailed: 'install_failed',
  InvalidSignature: 'invalid_signature',
};
