/** The door of telemetry: logs and metrics. Rooms take a Logger or declare their metrics on Metrics; neither is global. */
export { countLines, createLogger, type Logger, type LogLevel } from './logger.ts';
export { type CounterOf, createMetrics, type HistogramOf, type Metrics, SECONDS_BUCKETS } from './metrics.ts';
export { createOwnClock, type OwnClock } from './own-clock.ts';
