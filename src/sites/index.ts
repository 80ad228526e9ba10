export { siteRoutes } from './routes.ts';
export { holdSite, type SiteRow, siteById } from './store.ts';
