/** The door of the alerts room: rules that look at what is known of chargers, and the alerts that come of it. */
import type { Participant } from '../ingest/contract.ts';
import type { AlertInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadAlerts, saveAlerts } from './store.ts';
import type { AlertState } from './types.ts';

export { createAlertJobs } from './jobs.ts';
export { edges as alertEdges } from './machine.ts';
export { alertRoutes } from './routes.ts';
export { rules as alertRules } from './rules/index.ts';

/** `isMailing`: there is an SMTP server, so e-mails are written. */
export const alertsParticipant = ({
  isMailing,
}: {
  readonly isMailing: boolean;
}): Participant<AlertState, AlertInput> => ({
  room: 'alerts',
  load: loadAlerts,
  decide,
  save: (tx, changed) => saveAlerts(tx, changed, isMailing),
});
