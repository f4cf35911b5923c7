import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CgroupSample, exposition, type FigureName, figureTable } from '../../src/index.ts';
import { beginMs, cgroupOf, frameAt, sampleOf } from '../support/made-frames.ts';
import { parseOpenMetrics } from './strict-parser.ts';

const container = cgroupOf('/tctl-0123456789ab', { kind: 'tctl', id: '0123456789ab', name: 'web' });
const busy = sampleOf(
  container,
  {
    memoryBytes: 50_000_000,
    memoryWorkingSetBytes: 40_000_000,
    memoryLimitBytes: 64 << 20,
    swapLimitBytes: 'max',
    memoryLimitHits: 7,
    oomKills: 2,
    pids: 12,
    pidsLimit: 'max',
    cpuUsageUsec: 1_500_000,
    cpuLimitCores: 0.5,
    cpuThrottledUsec: 250_000,
    ioReadBytes: 2 ** 53 - 1,
    networkReceiveBytes: 1e21,
    cpuPressureSomeUsec: 1,
    ioPressureFullUsec: 3_000_000,
  },
  { uptimeMs: 60_000, ageMs: 200 },
);

function valueIn(text: string, sample: string): number | undefined {
  for (const { samples } of parseOpenMetrics(text).values()) {
    for (const { name, value } of samples) if (name === sample) return value;
  }
  return undefined;
}

describe('the exposition', { timeout: 60_000 }, () => {
  const text = exposition(frameAt(0, [busy]), { labels: () => ({ image: 'debian' }) });

  it('has the names that cAdvisor has, in their units', () => {
    const wanted = {
      container_memory_usage_bytes: 50_000_000,
      container_memory_working_set_bytes: 40_000_000,
      container_spec_memory_limit_bytes: 64 << 20,
      container_spec_memory_swap_limit_bytes: 0,
      container_memory_failcnt: 7,
      container_oom_events_total: 2,
      container_threads: 12,
      container_threads_max: 0,
      container_cpu_usage_seconds_total: 1.5,
      container_cpu_cfs_throttled_seconds_total: 0.25,
      container_spec_cpu_quota: 50_000,
      container_spec_cpu_period: 100_000,
      container_fs_reads_bytes_total: 2 ** 53 - 1,
      container_network_receive_bytes_total: 1e21,
      container_pressure_cpu_waiting_seconds_total: 1e-6,
      container_pressure_io_stalled_seconds_total: 3,
      container_start_time_seconds: beginMs / 1000 - 60,
      container_last_seen: beginMs / 1000 - 0.2,
      machine_cpu_cores: 2,
      machine_memory_bytes: 4e9,
      container_scrape_error: 0,
    };
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, valueIn(text, name)]))).toEqual(
      wanted,
    );
  });

  it('leaves out what is not known', () => {
    expect(valueIn(text, 'container_memory_rss')).toBeUndefined();
    expect(text).not.toContain('container_memory_rss');
  });

  it('names a cgroup by its path, and a container by its name and image', () => {
    const families = parseOpenMetrics(
      exposition(frameAt(0, [busy, sampleOf(cgroupOf('/user.slice', { kind: 'systemd' }), { pids: 1 })]), {
        labels: ({ path }) => ({ image: path === container.path ? 'debian' : undefined }),
      }),
    );
    expect(families.get('container_threads')?.samples.map(({ labels }) => labels)).toEqual([
      { id: container.path, name: 'web', image: 'debian' },
      { id: '/user.slice' },
    ]);
    expect(families.get('container_cpu_usage_seconds')?.samples[0]?.labels).toEqual({
      id: container.path,
      name: 'web',
      image: 'debian',
      cpu: 'total',
    });
  });

  it('leaves out labels that are none, or would be there twice', () => {
    const labels = () => ({ id: 'x', name: 'x', cpu: 'x', __name__: 'x', 'a-b': 'x', '': 'x', ok_1: 'y' });
    const families = parseOpenMetrics(exposition(frameAt(0, [busy]), { labels }));
    expect(families.get('container_threads')?.samples[0]?.labels).toEqual({
      id: container.path,
      name: 'web',
      ok_1: 'y',
    });
  });

  it('is OpenMetrics, whatever cgroups are called and use', () => {
    const names = Object.keys(figureTable) as FigureName[];
    const figure = fc.oneof(fc.constant(undefined), fc.maxSafeNat(), fc.double({ min: 0, noNaN: true }));
    const sample = fc.record({
      path: fc.string({ unit: 'binary' }),
      name: fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\r', 'n', '}', ',', '\u2028', '\ud800') }),
      figures: fc.dictionary(fc.constantFrom(...names), figure),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 4 }), (samples) => {
        const cgroups: CgroupSample[] = samples.map(({ path, name, figures }) =>
          sampleOf(cgroupOf(path, { kind: 'docker', name }), figures),
        );
        const families = parseOpenMetrics(
          exposition(frameAt(0, cgroups), { labels: () => ({ image: 'x"\\n' }) }),
        );
        const seen = families.get('container_last_seen')?.samples.map(({ labels }) => labels) ?? [];
        const last = new Map(samples.map((each) => [each.path, each]));
        expect(seen.map(({ id, name }) => [id, name]).sort()).toEqual(
          [...last.values()].map(({ path, name }) => [path, name].map((each) => each.toWellFormed())).sort(),
        );
      }),
    );
  });

  it('is the text format of Prometheus, too', () => {
    const lines = exposition(frameAt(0, [busy]), { format: 'prometheus' }).split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines).not.toContain('# EOF');
    expect(lines.filter((line) => line.startsWith('# UNIT'))).toEqual([]);
    const at = lines.indexOf('# TYPE container_cpu_usage_seconds_total counter');
    expect(lines[at - 1]).toBe('# HELP container_cpu_usage_seconds_total CPU time');
    expect(lines[at + 1]).toBe(
      'container_cpu_usage_seconds_total{id="/tctl-0123456789ab",name="web",cpu="total"} 1.5',
    );
    expect(lines).toContain('# TYPE container_memory_failcnt counter');
  });
});

describe('the strict parser of these tests', () => {
  it('refuses what is not OpenMetrics', () => {
    const wrong = [
      '',
      'a 1\n',
      '# TYPE a gauge\na 1\n# EOF',
      '# TYPE a gauge\na 1\n\n# EOF\n',
      '# TYPE a counter\na 1\n# EOF\n',
      '# TYPE a counter\na_total -1\n# EOF\n',
      '# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n',
      '# TYPE a gauge\na 1\na 2\n# EOF\n',
      '# TYPE a gauge\na{x="1",x="2"} 1\n# EOF\n',
      '# TYPE a gauge\na{x="\\t"} 1\n# EOF\n',
      '# TYPE a gauge\na{x="1"}  1\n# EOF\n',
      '# TYPE a gauge\na one\n# EOF\n',
      '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# HELP a text\n# EOF\n',
      '# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total 1\n# EOF\n',
    ];
    for (const text of wrong)
      expect(() => parseOpenMetrics(text), JSON.stringify(text)).toThrow('OpenMetrics');
    expect(() => parseOpenMetrics('# TYPE a gauge\na{x="1"} 1\n# EOF\n')).not.toThrow();
  });
});
