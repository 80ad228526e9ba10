/** REST: the report of a commissioning run, for programs and for people. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { writePdf } from '../documents/index.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, downloadRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { streamOfBytes } from '../platform/row-stream.ts';
import { runById } from './read-store.ts';
import { reportOf, reportSchema } from './report.ts';
import { reportDocument } from './report-document.ts';
import { frameOf } from './report-store.ts';

export function commissioningReportRoutes({ db }: { readonly db: Pick<Database, 'rows'> }): AnyRoute[] {
  async function find(organizationId: string, id: string) {
    const run = await runById(db, organizationId, id);
    const frame = run === undefined ? undefined : await frameOf(db, organizationId, run.chargePointId);
    if (run === undefined || frame === undefined) {
      throw new AppError('not_found', 'There is no such commissioning run');
    }
    return reportOf(run, frame);
  }
  return [
    route({
      method: 'get',
      path: '/commissioning-runs/{id}/report',
      operationId: 'getCommissioningReport',
      summary: 'The report of a commissioning run',
      description: 'The charger as it was in this run, each step with what it found, and why it failed, if it did.',
      tag: 'Commissioning',
      access: 'read:charge_points',
      status: 200,
      params: z.object({ id: idParam('com') }),
      response: reportSchema,
      handle: ({ params: { id }, principal: { organizationId } }) => find(organizationId, id),
    }),
    downloadRoute({
      path: '/commissioning-runs/{id}/report.pdf',
      operationId: 'downloadCommissioningReport',
      summary: 'The report of a commissioning run as PDF',
      description: 'In English, with the times of the site. The same report gives the same bytes.',
      tag: 'Commissioning',
      access: 'read:charge_points',
      params: z.object({ id: idParam('com') }),
      download: ['application/pdf'],
      async handle({ params: { id }, principal: { organizationId } }) {
        const bytes = await writePdf(reportDocument(await find(organizationId, id)));
        const fileName = `commissioning-${id}.pdf`;
        return { fileName, contentType: 'application/pdf', sizeBytes: bytes.length, body: streamOfBytes(bytes) };
      },
    }),
  ];
}
