/** The door of the monitoring room: monitors of variables, what they report, and streams of values. */

export { monitorRoutes } from './monitor-routes.ts';
export { forgetMonitoring, monitoringParticipant } from './participant.ts';
export { type MonitoringReads, monitoringReads } from './read-store.ts';
export { monitoringRoutes } from './routes.ts';
