/** REST of the room. */
import type { AnyRoute } from '../http/kit/route.ts';
import { evseReportRoutes } from './evse-routes.ts';
import { glanceRoutes } from './glance-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { type TotalsRoutesNeeds, totalsRoutes } from './totals-routes.ts';

export const reportRoutes = (needs: TotalsRoutesNeeds): AnyRoute[] => [
  ...totalsRoutes(needs),
  ...evseReportRoutes(needs),
  ...overviewRoutes(needs),
  ...glanceRoutes(needs),
];
