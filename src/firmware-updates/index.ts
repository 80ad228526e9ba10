/** The door of the room: updates of firmware, charger by charger. */
export { optionFields, optionsIn } from './fields.ts';
export { createFirmwareUpdates, type FirmwareUpdates, type FirmwareUpdatesOptions } from './firmware-updates.ts';
/** The machine as a table, for the documents. */
export { edges as firmwareUpdateEdges } from './machine/edges.ts';
export { firmwareUpdates } from './participant.ts';
export { optionsOf, schedule, type UpdateOptions } from './request-update.ts';
export { forgetFirmwareUpdates } from './retention-store.ts';
export { closedUntil } from './window.ts';
