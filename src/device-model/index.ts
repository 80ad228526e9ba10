/** The door of the device-model room: what stations of OCPP 2.x say they are made of. */
export { deviceModelParticipant, deviceWordsOf, forgetDeviceReports, sweepDeviceModels } from './participant.ts';
export { presentReport, reportSchema } from './present.ts';
export { type DeviceReads, deviceReads } from './read-store.ts';
export { createRequestReport, type RequestReport } from './request-report.ts';
export { deviceModelRoutes } from './routes.ts';
export { componentsField, wishesOf } from './schemas.ts';
