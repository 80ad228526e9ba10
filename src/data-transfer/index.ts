/** The door of the data-transfer room: vendors' own messages, for all versions of OCPP. */
export { dataTransfers } from './installed.ts';
export { createDataTransfers, type DataTransferHandler, type DataTransfers } from './registry.ts';
