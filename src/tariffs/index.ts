/** Tariffs: their terms in versions, whom or what they hold for, and what a session would cost. Prices are computed in src/pricing. */

export { tariffAssignmentRoutes } from './assignment-routes.ts';
export { presentCost, shownCost } from './cost.ts';
export { keepDefaultPrices } from './default-prices.ts';
export { createDriverTariff, type DriverTariff, type OwnTariff } from './driver-tariff.ts';
export { createPlans, type Plans, type WantedPlan } from './plans.ts';
export { tariffPreviewRoutes } from './preview-routes.ts';
export { type Assigned, byPrecedence, type Level, levels, resolveTariff } from './resolve.ts';
export { tariffRoutes } from './routes.ts';
export { stationTariffRoutes } from './station-routes.ts';
export { type StoredTerms, termsOf } from './terms.ts';
export { type DriverText, keptTexts } from './texts.ts';
