/** The door of the room: chargers that knocked and were refused. */
export { auditRefusal } from './audit-refusal.ts';
export { createRefusals, type Knock, type Refusals } from './refusals.ts';
export { unknownChargePointRoutes } from './routes.ts';
export {
  forgetStranger,
  listUnknownChargePoints,
  type UnknownChargePointKey,
  type UnknownChargePointQuery,
  type UnknownChargePointRow,
} from './store.ts';
