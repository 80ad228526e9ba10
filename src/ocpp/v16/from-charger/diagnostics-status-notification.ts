/** OCPP 1.6 §4.4 DiagnosticsStatusNotification: how the upload that GetDiagnostics asked for goes. */
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { transferStatusNotification } from '../../transfer-status.ts';
import { readDiagnosticsStatus } from '../words.ts';

export const diagnosticsStatusNotification = (needs: Pick<Needs, 'door'>): FromCharger =>
  transferStatusNotification(needs, {
    action: 'DiagnosticsStatusNotification',
    type: 'diagnostics_status_reported',
    read: readDiagnosticsStatus,
  });
