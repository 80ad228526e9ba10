/** The door of the room: who may charge. */
export { createDescribeToken, type DescribeToken } from './describe-token.ts';
export { tokenGroupRoutes } from './group-routes.ts';
export { mayChargeAt } from './may-charge.ts';
export { tokens } from './participant.ts';
export { tokenRoutes } from './routes.ts';
export { type Policy, policies } from './types.ts';
export { unknownTokenRoutes } from './unknown-routes.ts';
export { forgetUnknownTokens } from './unknown-store.ts';
