/** The door of the transport. src/app.ts builds it and hands it the versions to serve. */
export { createCallValidator, type ValidateCall } from './call-validator.ts';
export { defaultLimits, type Limits, type TransportMetrics } from './needs.ts';
export { createTransport, type Transport, type TransportOptions } from './transport.ts';
