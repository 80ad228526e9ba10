export { createHttpApp, type HttpAppOptions } from './app.ts';
export { createReadiness, type MetricsSource, type Readiness } from './health.ts';
export { cleanIdempotencyKeys, createIdempotency } from './kit/idempotency.ts';
export type { AnyRoute } from './kit/route.ts';
export { createStreams, type StreamLimits, type Streams } from './kit/streams.ts';
export { addressOf, defaultLimits, type HttpLimits } from './limits.ts';
export { createOwnTls, type OwnTls } from './own-tls.ts';
export { createIsSecure, createRemoteAddressOf } from './remote-address.ts';
export type { HttpLog, RequestFacts } from './request-log.ts';
