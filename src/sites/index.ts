export { siteRoutes } from './routes.ts';
export { checkSites, holdSite, type SiteRow, siteById } from './store.ts';
