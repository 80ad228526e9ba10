/** All REST routes of this room. */
import type { AnyRoute } from '../http/kit/route.ts';
import { type DeliveryRouteNeeds, deliveryRoutes } from './delivery-routes.ts';
import { type EndpointRouteNeeds, endpointRoutes } from './endpoint-routes.ts';
import { recoveryRoutes } from './recovery-routes.ts';
import { statsRoutes } from './stats-routes.ts';

export type WebhookRouteNeeds = EndpointRouteNeeds & DeliveryRouteNeeds;

export const webhookRoutes = (needs: WebhookRouteNeeds): AnyRoute[] => [
  ...endpointRoutes(needs),
  ...deliveryRoutes(needs),
  ...recoveryRoutes(needs),
  ...statsRoutes(needs),
];
