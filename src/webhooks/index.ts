/** The door of the webhooks room. */
export { createDeliveryStore, type DeliveryStore } from './delivery-store.ts';
export { createDispatcher, type Dispatcher } from './dispatcher.ts';
export { createEventFeed } from './event-feed.ts';
export { eventRoutes } from './event-routes.ts';
export { createEventWriter } from './event-writer.ts';
export { createGuardedConnect } from './guarded-connect.ts';
export { createResolve, type Resolve } from './resolve.ts';
export { createRetention } from './retention.ts';
export { createRetentionStore } from './retention-store.ts';
export { webhookRoutes } from './routes.ts';
export { createSender, type Sender, type SenderOptions } from './sender.ts';
export { plainSignature, standardSignature } from './sign.ts';
export { createTargetGuard, type TargetGuard, TargetRefused } from './target-guard.ts';
export type { BornDelivery, KeyRing, WebhookMetrics } from './types.ts';
export { type Verification, verifyWebhook } from './verify.ts';
export { createWebhooks, type Webhooks } from './webhooks.ts';
