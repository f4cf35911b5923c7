import type { Limits, LimitUpdate } from '@tc/core';
import { parseOptions } from '../../cli/options.ts';
import { toLimitUpdate } from '../../commands/update.ts';
import { limitOptions } from '../../table/option-groups.ts';
import { option } from '../actions/run-words.ts';
import type { FieldSpec, Values } from '../form/form.ts';
import { problemFrom, remembering } from '../form/refusal.ts';
import type { Row } from '../model/row.ts';
import { bytes, count } from '../text/sizes.ts';
import { checkRunOptions } from './run-checks.ts';

interface LimitField {
  readonly name: string;
  readonly label: string;
  readonly flag: string;
  readonly about: string;
  /** What it is now, as one would write it; undefined where that is not known. */
  readonly current: (row: Row) => string | undefined;
  readonly used?: (row: Row) => string | undefined;
}

const limits: readonly LimitField[] = [
  {
    name: 'memory',
    label: 'Memory',
    flag: '--memory',
    about: 'A size, 64m or 1.5g, or max for none.',
    current: (row) =>
      known(row, sizeText(row.memoryLimitBytes), ({ memory }) =>
        typeof memory === 'number' ? sizeText(memory) : memory,
      ),
    used: ({ memoryBytes }) => bytes(memoryBytes),
  },
  {
    name: 'pids',
    label: 'Pids',
    flag: '--pids',
    about: 'How many processes and threads, or max for any number.',
    current: (row) => known(row, row.pidsLimit, ({ pids }) => pids),
    used: ({ pids }) => count(pids),
  },
  {
    name: 'cpus',
    label: 'CPUs',
    flag: '--cpus',
    about: 'Cores, 0.5 or 2, or max for all there are.',
    current: (row) => known(row, row.cpuLimit, ({ cpus }) => cpus),
    used: ({ cpu }) => cpu?.toFixed(2),
  },
  {
    name: 'weight',
    label: 'CPU weight',
    flag: '--cpu-weight',
    about: 'Its share where all want to work: 1 to 10000, 100 is usual. Empty: as it is.',
    current: ({ facts }) => facts?.limits?.cpuWeight?.toString(),
  },
];

/** What its cgroup has, and without a sample of that what was asked for: of one that has ended, or has just begun. */
function known(
  { sample, facts }: Row,
  sampled: number | string | undefined,
  asked: (limits: Limits) => number | string | undefined,
): string | undefined {
  if (sample !== undefined) return String(sampled ?? 'max');
  return facts?.limits === undefined ? undefined : String(asked(facts.limits) ?? 'max');
}

/** Fields for the limits of containers; what several have alike is in them. Empty means that it stays as it is. */
export function limitsFields(rows: readonly Row[]): { fields: readonly FieldSpec[]; values: Values } {
  const fields = limits.map(({ name, label, flag, about, used }): FieldSpec => {
    const [only, ...others] = rows;
    const inUse = others.length === 0 && only !== undefined ? used?.(only) : undefined;
    return {
      name,
      label,
      placeholder: 'as it is',
      about: inUse === undefined || inUse === '' ? about : `${about} In use now: ${inUse}.`,
      check: remembering((value) => checkLimit(flag, value.trim())),
      ...(name === 'memory' ? { note: (value: string) => noteOnMemory(value, rows) } : {}),
    };
  });
  return { fields, values: currentLimits(rows) };
}

/** `max` is not a limit that a start could have. */
function checkLimit(flag: string, value: string) {
  if (value === '') return undefined;
  if (value === 'max')
    return problemFrom(() => toLimitUpdate(parseOptions(limitOptions, [flag, value]).values));
  return checkRunOptions(option(flag, value));
}

/** Below what is in use, the two versions of cgroups do different things: neither may surprise. */
function noteOnMemory(value: string, rows: readonly Row[]): string | undefined {
  const match = /^(\d+(?:\.\d+)?)([bkmgt]?)b?$/i.exec(value.trim());
  if (match === null) return undefined;
  const limit = Number(match[1]) * 1024 ** 'bkmgt'.indexOf((match[2] || 'b').toLowerCase());
  const above = rows.filter(({ memoryBytes = 0 }) => memoryBytes > limit);
  if (above.length === 0) return undefined;
  const most = bytes(Math.max(...above.map(({ memoryBytes = 0 }) => memoryBytes)));
  return `${most} is in use: cgroup v1 will refuse this; v2 reclaims, and kills where that is not enough.`;
}

function currentLimits(rows: readonly Row[]): Values {
  return Object.fromEntries(
    limits.map(({ name, current }) => {
      const [first, ...others] = new Set(rows.map(current));
      return [name, others.length === 0 ? (first ?? '') : ''];
    }),
  );
}

/** As exact as it is, and as short as that allows: `64m`. */
function sizeText(size: number | undefined): string {
  if (size === undefined) return 'max';
  let [amount, unit] = [size, 0];
  while (amount >= 1024 && amount % 1024 === 0 && unit < 4) [amount, unit] = [amount / 1024, unit + 1];
  return `${amount}${['', 'k', 'm', 'g', 't'][unit]}`;
}

/** What has been changed, as options of `tctl update`. */
export function changedOptions(before: Values, after: Values): readonly string[] {
  return limits.flatMap(({ name, flag }) => {
    const value = (after[name] ?? '').trim();
    return value === '' || value === before[name] ? [] : option(flag, value);
  });
}

/** @throws UsageError */
export function limitUpdateFrom(options: readonly string[]): LimitUpdate {
  return toLimitUpdate(parseOptions(limitOptions, options).values);
}
