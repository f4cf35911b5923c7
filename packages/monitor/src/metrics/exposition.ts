import type { Cgroup } from '../cgroups/cgroup.ts';
import type { CgroupSample, Frame } from '../frames/frame.ts';
import { cgroupFamilies, type Family, hostFamilies } from './families.ts';

/** OpenMetrics 1.0, or the text format 0.0.4 of Prometheus. */
export type MetricsFormat = 'openmetrics' | 'prometheus';

export const contentTypes: Readonly<Record<MetricsFormat, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

export interface ExpositionOptions {
  /** Default `openmetrics`. */
  readonly format?: MetricsFormat;
  /** More labels of a cgroup: `image`. Those that are no labels, and `id` and `name`, are left out. */
  readonly labels?: ((cgroup: Cgroup) => Readonly<Record<string, string | undefined>>) | undefined;
}

/** A frame as monitoring systems read it. */
export function exposition(frame: Frame, { format = 'openmetrics', labels }: ExpositionOptions = {}): string {
  const samples = [...new Map(frame.cgroups.map((each) => [each.cgroup.path.toWellFormed(), each])).values()];
  const labelled = samples.map((sample) => ({ sample, labels: labelsOf(sample, labels) }));
  const lines: string[] = [];
  for (const family of hostFamilies) {
    const value = family.value(frame);
    if (value !== undefined) lines.push(...head(family, format), `${sampleName(family)} ${number(value)}`);
  }
  for (const family of cgroupFamilies) {
    const before = lines.length;
    const own = Object.entries(family.labels ?? {}).map(([name, value]) => pair(name, value));
    for (const { sample, labels } of labelled) {
      const value = family.value(sample, frame);
      if (value === undefined || Number.isNaN(value)) continue;
      if (lines.length === before) lines.push(...head(family, format));
      lines.push(`${sampleName(family)}{${[...labels, ...own].join(',')}} ${number(value)}`);
    }
  }
  return `${lines.join('\n')}\n${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

function head({ name, type, unit, help }: Family, format: MetricsFormat): string[] {
  if (format === 'prometheus') {
    const full = type === 'counter' ? `${name}_total` : name;
    return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type === 'gauge' ? 'gauge' : 'counter'}`];
  }
  return [
    `# TYPE ${name} ${type === 'plain-counter' ? 'unknown' : type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
  ];
}

function sampleName({ name, type }: Family): string {
  return type === 'counter' ? `${name}_total` : name;
}

/** `id` is cAdvisor's for the cgroup, and `name` is the container's: other cgroups have none. */
function labelsOf({ cgroup }: CgroupSample, more: ExpositionOptions['labels']): string[] {
  const isContainer = cgroup.kind !== 'systemd' && cgroup.kind !== 'other';
  const others = Object.entries(more?.(cgroup) ?? {}).flatMap(([name, value]) =>
    value !== undefined && isLabel(name) ? [pair(name, value)] : [],
  );
  return [pair('id', cgroup.path), ...(isContainer ? [pair('name', cgroup.name)] : []), ...others];
}

const taken = new Set(['id', 'name', ...cgroupFamilies.flatMap(({ labels }) => Object.keys(labels ?? {}))]);

/** Names that begin with two underscores are Prometheus' own. */
function isLabel(name: string): boolean {
  return /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !taken.has(name);
}

function pair(name: string, value: string): string {
  const escaped = value.toWellFormed().replace(/[\\"\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`));
  return `${name}="${escaped}"`;
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
