export { AlertTracker } from './alerts/alert-tracker.ts';
export { alerts } from './alerts/alerts.ts';
export type {
  AlertEvent,
  AlertRule,
  FigureRule,
  HappenedRule,
  PressureRule,
  RateRule,
  ShareRule,
} from './alerts/rule.ts';
export type { Cgroup, CgroupKind } from './cgroups/cgroup.ts';
export { type Identity, identify } from './cgroups/identify.ts';
export { listCgroups } from './cgroups/list-cgroups.ts';
export {
  type CounterName,
  type FigureKind,
  type FigureName,
  type FigureSpec,
  type Figures,
  figureTable,
  type LimitName,
  type Rates,
} from './figures/table.ts';
export type { CgroupSample, Frame, HostFigures } from './frames/frame.ts';
export { History, type HistoryOptions, type HistoryRange } from './history/history.ts';
export { defaultSeries, type SeriesName } from './history/names.ts';
export type { HistoryPoint } from './history/points.ts';
export {
  type HostDisk,
  type HostFacts,
  type HostNetworkInterface,
  hostFacts,
} from './host/host-facts.ts';
export { hostFigures } from './host/host-figures.ts';
export { type ExpositionOptions, exposition, type MetricsFormat } from './metrics/exposition.ts';
export { type MetricsServer, type MetricsServerOptions, serveMetrics } from './metrics/metrics-server.ts';
export { monitor } from './monitor/monitor.ts';
export type { Monitor, MonitorOptions } from './monitor/options.ts';
export type { ProcessesOf, ProcessInfo } from './processes/process-info.ts';
export { processes } from './processes/processes.ts';
export type { RecordingErrorCode } from './recording/errors.ts';
export type { RecordedEvent } from './recording/event.ts';
export { Recorder, type RecorderOptions } from './recording/recorder.ts';
export {
  openRecording,
  type ReadRecordingOptions,
  type Recording,
  type RecordingEntry,
} from './recording/recording.ts';
export { sampleCgroup } from './sampling/sample-cgroup.ts';
