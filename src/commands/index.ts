/** The door of the commands room. */
export { deviceCommandRoutes } from './device-routes.ts';
export type { CallRules } from './checked-call.ts';
export { type CommandRequest, createIssueCommand, type IssueCommand } from './issue-command.ts';
export { matchRemoteStart, type RemoteStart } from './match.ts';
export { commandsParticipant } from './participant.ts';
export { type CommandReads, commandReads, type StoredCommand } from './read-store.ts';
export { commandRoutes, commandSchema, createSend, presentCommand } from './routes.ts';
export { asking } from './send-routes.ts';
export { createStopSession, type StopSession } from './stop-session.ts';
export { chargePointsWaitingAt, type CommandDeadlines, commandDeadlines, openRemoteStarts } from './store.ts';
export { sweepCommands } from './sweep.ts';
export type { Call, CommandStatus, FriendlyCommand, Protocol, TriggerMessage } from './types.ts';
export { type CommandWaiter, createCommandWaiter } from './waiter.ts';
