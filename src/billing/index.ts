/** The door of the room: receipts and charge detail records of what sessions cost. */
export { billingRoutes } from './routes.ts';
