export { siteRoutes } from './routes.ts';
export { type SiteRow, siteById } from './store.ts';
