/** The door of the audit room: who did what, and who was refused. */
export { type AuditLog, createAudit } from './audit.ts';
export { auditRoutes } from './routes.ts';
export { type Finding, type Verified, verifyAll } from './verify.ts';
export { type VerifiedFile, verifyFile } from './verify-file.ts';
