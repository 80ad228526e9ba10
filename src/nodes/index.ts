/**
 * Which processes of this installation live. A charge point whose process died without a word is announced as disconnected
 * when it has not come back within the grace; one that comes back in time was never gone (docs/operations.md, Restarts).
 */
export {
  createLostConnections,
  GONE_AFTER_MS,
  LOOK_EVERY_MS,
  SIGN_EVERY_MS,
  STOPPED_AFTER_MS,
} from './lost-connections.ts';
export { createNodeMessages, type NodeMessages } from './messages.ts';
export { claimJob, type NodeStore, nodeStore, servingSince } from './store.ts';
