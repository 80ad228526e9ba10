/** The door of the webhooks room. */
export { createDeliveryStore, type DeliveryStore } from './delivery-store.ts';
export { createDispatcher, type Dispatcher, type DispatcherOptions } from './dispatcher.ts';
export { createEventFeed, type EventFeed } from './event-feed.ts';
export { type EventRouteNeeds, eventRoutes } from './event-routes.ts';
export { createEventWriter, type EventWriterNeeds } from './event-writer.ts';
export { createGuardedConnect } from './guarded-connect.ts';
export { FAILING_LIMIT, type Health, type HealthFacts, healthOf } from './health.ts';
export { createResolve, type Resolve } from './resolve.ts';
export { createRetention, type RetentionNeeds } from './retention.ts';
export { createRetentionStore, type RetentionStore } from './retention-store.ts';
export { type WebhookRouteNeeds, webhookRoutes } from './routes.ts';
export { createSender, type Sender, type SenderOptions } from './sender.ts';
export { plainSignature, standardSignature } from './sign.ts';
export { createTargetGuard, type TargetGuard, TargetRefused } from './target-guard.ts';
export type { BornDelivery, KeyRing, WebhookMetrics } from './types.ts';
export { type Verification, verifyWebhook } from './verify.ts';
export { createWebhooks, type Webhooks, type WebhooksOptions } from './webhooks.ts';
