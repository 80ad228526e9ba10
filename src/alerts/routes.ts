/** All REST of the room. */
import type { AnyRoute } from '../http/kit/route.ts';
import { type AlertRoutesNeeds, alertOnlyRoutes } from './alert-routes.ts';
import { maintenanceRoutes } from './maintenance-routes.ts';
import { type RecipientRoutesNeeds, recipientRoutes } from './recipient-routes.ts';
import { ruleRoutes } from './rule-routes.ts';

export const alertRoutes = (needs: AlertRoutesNeeds & RecipientRoutesNeeds): AnyRoute[] => [
  ...alertOnlyRoutes(needs),
  ...ruleRoutes(needs),
  ...maintenanceRoutes(needs),
  ...recipientRoutes(needs),
];
