/** The door of the commands room. */

export { type Bulks, createBulks } from './bulk.ts';
export { commandBulkRoutes } from './bulk-routes.ts';
export { type CallRules, checkedCall, LONGEST_UID } from './checked-call.ts';
export {
  type ComponentWish,
  type DeviceCommand,
  type MonitorWish,
  monitoringCriteria,
  monitorTypes,
  reportCriteria,
} from './device-commands.ts';
export { deviceCommandRoutes } from './device-routes.ts';
export { commandHistoryRoutes } from './history-routes.ts';
export { type CommandRequest, commandEndsBy, createIssueCommand, type IssueCommand } from './issue-command.ts';
export { matchRemoteStart, type RemoteStart } from './match.ts';
export { commandsParticipant } from './participant.ts';
export { commandSchema, presentCommand } from './present.ts';
export { type CommandReads, commandReads, type StoredCommand } from './read-store.ts';
export { forgetCommands } from './retention-store.ts';
export { commandRoutes, createSend } from './routes.ts';
export { commandSchemaRoutes } from './schema-routes.ts';
export { createSealing, type Sealing } from './sealing.ts';
export { asking, queueFor } from './send-routes.ts';
export { createStopSession, type StopSession } from './stop-session.ts';
export { storableJson } from './storable-json.ts';
export { type CommandDeadlines, chargePointsWaitingAt, commandDeadlines, openRemoteStarts } from './store.ts';
export { sweepCommands } from './sweep.ts';
export {
  type Call,
  type CommandStatus,
  type FriendlyCommand,
  type Outlet,
  type Protocol,
  type StationTariff,
  type TriggerMessage,
  type UpdateFirmware,
  unanswered,
} from './types.ts';
export { type CommandWaiter, createCommandWaiter } from './waiter.ts';
