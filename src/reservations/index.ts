/** The door of the room: connectors kept free for somebody. */
export { type Happening, rules as reservationRules } from './machine/rules.ts';
export { reservations } from './participant.ts';
export { createReserve, type Reserve } from './reserve.ts';
export { reservationRoutes } from './routes.ts';
export { sweepReservations } from './sweep.ts';
