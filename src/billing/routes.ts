/** REST of the room. */
import type { AnyRoute } from '../http/kit/route.ts';
import { cdrRoutes } from './cdr-routes.ts';
import { receiptRoutes } from './receipt-routes.ts';
import { reviewRoutes } from './review-routes.ts';

export const billingRoutes = (needs: Parameters<typeof reviewRoutes>[0]): AnyRoute[] => [
  ...receiptRoutes(needs),
  ...cdrRoutes(needs),
  ...reviewRoutes(needs),
];
