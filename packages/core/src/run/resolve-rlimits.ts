import type { RlimitSpec } from '../launch/spec.ts';
import { invalid } from './invalid.ts';
import type { Rlimit, RlimitName } from './options.ts';

/** By number, which is the same on x86-64 and arm64: include/uapi/asm-generic/resource.h. */
const names: readonly RlimitName[] = [
  ...(['cpu', 'fsize', 'data', 'stack', 'core', 'rss', 'nproc', 'nofile', 'memlock', 'as'] as const),
  ...(['locks', 'sigpending', 'msgqueue', 'nice', 'rtprio', 'rttime'] as const),
];
const operation = 'set the limits of processes';

/** @throws TcError INVALID_OPTION */
export function resolveRlimits(limits: Readonly<Partial<Record<RlimitName, Rlimit>>>): RlimitSpec[] {
  return Object.entries(limits).map(([name, limit]) => {
    const resource = names.indexOf(name as RlimitName);
    if (resource === -1)
      invalid(`${JSON.stringify(name)} is not a limit`, operation, `There are ${names.join(', ')}.`);
    const { soft, hard } = typeof limit === 'object' && limit !== null ? limit : { soft: limit, hard: limit };
    for (const value of [soft, hard]) checkValue(name, value);
    if (hard !== 'max' && (soft === 'max' || soft > hard))
      invalid(`${name}: ${soft} is above ${hard}`, operation, 'The soft limit is at most the hard one.');
    return { name, resource, soft, hard };
  });
}

function checkValue(name: string, value: unknown): void {
  if (value === 'max' || (Number.isSafeInteger(value) && Number(value) >= 0)) return;
  invalid(`${name}: ${JSON.stringify(value)} is not a limit`, operation, "Give a whole number, or 'max'.");
}

/** `nofile=1024:2048`, as Docker writes it; -1 and `unlimited` are `'max'`. @throws TcError INVALID_OPTION */
export function parseRlimit(text: string): { name: RlimitName; limit: Rlimit } {
  const [, name = '', soft = '', hard = soft] = /^(\w+)=([^:]+)(?::([^:]+))?$/.exec(text) ?? [];
  const known = names.find((each) => each === name);
  if (known === undefined)
    invalid(
      `${JSON.stringify(text)} is not a limit`,
      operation,
      `Write NAME=SOFT[:HARD]; NAME is ${names.join(', ')}.`,
    );
  const limit = { soft: numberOf(soft), hard: numberOf(hard) };
  resolveRlimits({ [known]: limit });
  return { name: known, limit };
}

function numberOf(text: string): number | 'max' {
  return text === '-1' || text === 'unlimited' || text === 'max' ? 'max' : Number(text);
}
