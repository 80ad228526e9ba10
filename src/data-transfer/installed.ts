/**
 * The plug-ins of this installation: vendors' messages that somebody here understands. Add one to the list to have its
 * messages handled; docs/data-transfer.md shows a whole one. Everything else is answered UnknownVendorId or UnknownMessageId.
 */
import type { DataTransferHandler } from './registry.ts';

export const dataTransfers: readonly DataTransferHandler[] = [];
