import { readFileSync } from 'node:fs';
import {
  type LandlockOptions,
  parseCapabilities,
  parseRlimit,
  type RunOptions,
  readSeccompProfile,
  type SeccompChoice,
} from '@tc/core';
import type { OptionValues } from '../cli/options.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { securityOptions } from '../table/security-options.ts';

/** Docker's options for privileges into those of `run()`. @throws UsageError; TcError INVALID_SECCOMP, INVALID_OPTION */
export function toSecurity(
  values: OptionValues<typeof securityOptions>,
): Pick<
  RunOptions,
  'capabilities' | 'seccomp' | 'landlock' | 'apparmor' | 'selinux' | 'rlimits' | 'sysctls' | 'oomScoreAdj'
> {
  const { 'cap-add': add, 'cap-drop': drop, 'security-opt': options = [] } = values;
  const { ulimit, sysctl, 'oom-score-adj': score } = values;
  return {
    ...(add === undefined && drop === undefined
      ? {}
      : { capabilities: parseCapabilities({ ...(add && { add }), ...(drop && { drop }) }) }),
    ...(ulimit && {
      rlimits: Object.fromEntries(ulimit.map(parseRlimit).map(({ name, limit }) => [name, limit])),
    }),
    ...(sysctl && { sysctls: Object.fromEntries(sysctl.map(setting)) }),
    ...(values.landlock && { landlock: toLandlock(values.landlock) }),
    ...(score !== undefined && { oomScoreAdj: Number(score) }),
    ...Object.assign({}, ...options.map(securityOption)),
  };
}

function setting(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UsageError(`--sysctl takes KEY=VALUE, not ${JSON.stringify(text)}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** `read=/usr`, `connect=443`. */
function toLandlock(rules: readonly string[]): LandlockOptions {
  const paths: Record<string, string[]> = {};
  const ports: Record<string, number[]> = {};
  for (const rule of rules) {
    const [, key = '', value = ''] = /^([a-z]+)=(.+)$/s.exec(rule) ?? [];
    if (key === 'read' || key === 'write') paths[key] = [...(paths[key] ?? []), value];
    else if (key === 'connect' || key === 'bind') ports[key] = [...(ports[key] ?? []), Number(value)];
    else
      throw new UsageError(
        `--landlock takes read=PATH, write=PATH, connect=PORT or bind=PORT, not ${JSON.stringify(rule)}`,
      );
  }
  return { ...paths, ...ports };
}

function securityOption(text: string): Pick<RunOptions, 'seccomp' | 'apparmor' | 'selinux'> {
  const [, key = text, value = ''] = /^([^=:]+)[=:](.*)$/s.exec(text) ?? [];
  if (key === 'no-new-privileges') {
    if (value === 'false') throw new UsageError('--security-opt no-new-privileges is always on');
    return {};
  }
  if (key === 'apparmor' && value !== '') return { apparmor: value };
  if (key === 'label' && (value === 'disable' || value.split(':').length >= 3)) return { selinux: value };
  if (key !== 'seccomp' || value === '') {
    const known =
      'seccomp=default, seccomp=unconfined, seccomp=FILE, apparmor=PROFILE, label=USER:ROLE:TYPE:LEVEL or label=disable';
    throw new UsageError(`--security-opt takes ${known}, not ${JSON.stringify(text)}`);
  }
  return { seccomp: value === 'default' || value === 'unconfined' ? value : readProfile(value) };
}

function readProfile(path: string): SeccompChoice {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--security-opt seccomp: ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`--security-opt seccomp: ${path} is not JSON`);
  }
  return readSeccompProfile(value);
}
