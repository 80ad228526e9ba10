/** The door of telemetry: logs and metrics. Rooms take a Logger or declare their metrics on Metrics; neither is global. */
export { countLines, createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { createOwnClock, type OwnClock } from './own-clock.ts';
