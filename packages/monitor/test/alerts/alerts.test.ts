import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlertEvent,
  type AlertRule,
  AlertTracker,
  alerts,
  type CgroupSample,
  type Frame,
} from '../../src/index.ts';
import { allOf, beginMs, frameAt, sampleOf } from '../support/made-frames.ts';

/** One frame a second. */
function check(rules: readonly AlertRule[], frames: readonly (readonly CgroupSample[])[]) {
  const tracker = new AlertTracker(rules);
  return frames.flatMap((samples, second) => tracker.check(frameAt(second * 1000, samples)).map(short));
}

const short = ({ kind, name, cgroup, time, value, since, gone }: AlertEvent) =>
  `${(time.getTime() - beginMs) / 1000}: ${cgroup.path} ${name} ${kind} ${value} since ${
    (since.getTime() - beginMs) / 1000
  }${gone ? ' gone' : ''}`;

const pids = (...values: (number | undefined)[]) => values.map((value) => [sampleOf('/a', { pids: value })]);

describe('alerts', () => {
  it('begins when a value was beyond its threshold for a time, and ends when it is back', () => {
    const rule: AlertRule = { figure: 'pids', above: 100, for: '2s', clear: 90 };
    expect(check([rule], pids(101, 99, 101, 102, 103, 104, 95, 105, 90, 50))).toEqual([
      '4: /a pids above 100 begin 103 since 2',
      '8: /a pids above 100 end 90 since 2',
    ]);
  });

  it('begins below a threshold, too', () => {
    const rule: AlertRule = { figure: 'pids', below: 10, name: 'lonely' };
    expect(check([rule], pids(20, 9, 10, 10.4, 10.5, 1))).toEqual([
      '1: /a lonely begin 9 since 1',
      '4: /a lonely end 10.5 since 1',
      '5: /a lonely begin 1 since 5',
    ]);
  });

  it('goes by what is used of a limit, where there is one', () => {
    const use = (memoryBytes: number, memoryLimitBytes: number | 'max' | undefined) => [
      sampleOf('/a', { memoryBytes, memoryLimitBytes }),
    ];
    expect(
      check([{ share: 'memory', above: 0.9 }], [use(91, 'max'), use(91, 100), use(91, undefined)]),
    ).toEqual(['1: /a memory above 0.9 begin 0.91 since 1']);
    const cpu = sampleOf('/a', { cpuLimitCores: 0.5 }, { rates: { cpuUsageUsec: 480_000 } });
    expect(check([{ share: 'cpu', above: 0.95 }], [[cpu]])).toEqual([
      '0: /a cpu above 0.95 begin 0.96 since 0',
    ]);
    const forks = sampleOf('/a', { pids: 20, pidsLimit: 20 });
    expect(check([{ share: 'pids', above: 0.99 }], [[forks]])).toHaveLength(1);
  });

  it('goes by rates, and by pressure', () => {
    const sample = sampleOf(
      '/a',
      { memoryPressureFull: 0.3, memoryPressureSome: 0.1 },
      { rates: { networkTransmitBytes: 2e6 } },
    );
    expect(
      check(
        [
          { rate: 'networkTransmitBytes', above: 1e6 },
          { pressure: 'memory', full: true, above: 0.2 },
          { pressure: 'memory', above: 0.2 },
        ],
        [[sample]],
      ),
    ).toEqual([
      '0: /a networkTransmitBytes a second above 1000000 begin 2000000 since 0',
      '0: /a memory pressure (full) above 0.2 begin 0.3 since 0',
    ]);
  });

  it('tells of OOM kills once, with their number, until it is quiet; not of those from before', () => {
    const kills = (...values: number[]) => values.map((oomKills) => [sampleOf('/a', { oomKills })]);
    const rule: AlertRule = { happened: 'oom', quiet: '2s' };
    expect(check([rule], kills(5, 5, 6, 8, 8, 8, 8, 9))).toEqual([
      '2: /a oom begin 1 since 2',
      '5: /a oom end 3 since 2',
      '7: /a oom begin 1 since 7',
    ]);
  });

  it('counts on where a counter begins anew with its container', () => {
    const kills = (...values: number[]) => values.map((oomKills) => [sampleOf('/a', { oomKills })]);
    const rule: AlertRule = { happened: 'oom', quiet: '1h' };
    expect(check([rule], kills(5, 0, 0))).toEqual([]);
    expect(check([rule], kills(5, 1, 1))).toEqual(['1: /a oom begin 1 since 1']);
  });

  it('knows what happened to a cgroup that is new since the first frame, or was only not seen', () => {
    const rule: AlertRule = { happened: 'pids-limit' };
    const late = (uptimeMs: number) => [[], [sampleOf('/a', { pidsLimitHits: 3 }, { uptimeMs })]];
    expect(check([rule], late(500))).toEqual(['1: /a pids-limit begin 3 since 1']);
    expect(check([rule], late(60_000))).toEqual([]);
  });

  it('ends with the cgroup', () => {
    const rule: AlertRule = { figure: 'pids', above: 1 };
    expect(check([rule, { figure: 'pids', above: 1, for: '1m' }], [...pids(5), [], ...pids(5)])).toEqual([
      '0: /a pids above 1 begin 5 since 0',
      '1: /a pids above 1 end undefined since 0 gone',
      '2: /a pids above 1 begin 5 since 2',
    ]);
  });

  it('takes no notice of what is stale or unknown, nor of cgroups that are not meant', () => {
    const rule: AlertRule = { figure: 'pids', above: 1, include: ({ path }) => path !== '/b' };
    const stale = [sampleOf('/a', { pids: 9 }, { stale: true }), sampleOf('/b', { pids: 9 })];
    expect(check([rule], [stale, ...pids(undefined), ...pids(5, undefined)])).toEqual([
      '2: /a pids above 1 begin 5 since 2',
    ]);
  });

  it('begins and ends in turns, and each only once, whatever the values do', () => {
    const rule: AlertRule = { figure: 'pids', above: 50, for: 1500 };
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })), (values) => {
        const tracker = new AlertTracker([rule]);
        let isOn = false;
        for (const [second, value] of values.entries()) {
          for (const { kind } of tracker.check(frameAt(second * 1000, [sampleOf('/a', { pids: value })]))) {
            expect(kind).toBe(isOn ? 'end' : 'begin');
            isOn = kind === 'begin';
          }
        }
      }),
    );
  });

  it('is an iterable that ends with its frames, and is stopped with them', async () => {
    let isOpen = true;
    async function* frames(): AsyncGenerator<Frame> {
      try {
        for (let second = 0; second < 100; second++)
          yield frameAt(second * 1000, [sampleOf('/a', { pids: second % 2 === 0 ? 9 : 0 })]);
      } finally {
        isOpen = false;
      }
    }
    expect(await allOf(alerts(frames(), [{ figure: 'pids', above: 5 }]))).toHaveLength(100);
    isOpen = true;
    for await (const { value } of alerts(frames(), [{ figure: 'pids', above: 5 }])) {
      expect(value).toBe(9);
      break;
    }
    expect(isOpen).toBe(false);
  });

  it('refuses rules that make no sense', () => {
    const refused = expect.objectContaining({ code: 'INVALID_OPTION' });
    const rules: AlertRule[] = [
      { figure: 'pids' },
      { figure: 'pids', above: 1, below: 2 },
      { figure: 'pids', above: Number.NaN },
      { figure: 'pids', above: 1, clear: 2 },
      { figure: 'pids', below: 1, clear: 0 },
      { figure: 'pids', above: 1, for: 'long' },
      { figure: 'pids', above: 1, for: -1 },
      { happened: 'oom', quiet: '' },
    ];
    for (const rule of rules)
      expect(() => alerts([] as never, [rule]), JSON.stringify(rule)).toThrow(refused);
  });
});
