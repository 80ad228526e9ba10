/** The door of the room: charge points, their connection, status and connectors. */
export * from './credentials.ts';
export { chargerKeys } from './key-store.ts';
export { knownChargePoint } from './known-charge-point.ts';
export { createOcppUrl, type OcppUrl } from './ocpp-url.ts';
export { ownChargePoint } from './own-charge-point.ts';
export { stations } from './participant.ts';
export { chargePointById } from './registry-read-store.ts';
export { deleteChargePoints } from './registry-store.ts';
export type { KeyCall } from './rotate-key-routes.ts';
export { type ChargePointRoutesNeeds, chargePointRoutes } from './routes.ts';
