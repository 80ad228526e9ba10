export { organizationRoutes } from './routes.ts';
export { changeOrganization, type OrganizationRow, organizationById } from './store.ts';
