/** A process object as a launch has it. */
import { posix } from 'node:path';
import { capabilityNames } from '@tc/linux';
import type { ProcessSpec, RlimitSpec } from '../../launch/spec.ts';
import type { RlimitName } from '../../run/options.ts';
import { resolveRlimits } from '../../run/resolve-rlimits.ts';
import { checkLabels } from '../../security/lsm/check-labels.ts';
import { filterOf, listenerOf } from '../../security/seccomp/filter.ts';
import type { OciConfig } from '../config/config.ts';
import type { OciProcess } from '../config/process.ts';
import { refuse } from '../json.ts';

/** @param state of the container, for whoever answers for its seccomp filter */
export function translateProcess(
  process: OciProcess,
  config: Pick<OciConfig, 'linux' | 'ociVersion' | 'annotations'>,
  state: { readonly id: string; readonly status: 'creating' | 'running'; readonly bundle: string },
): ProcessSpec {
  const numbers = (names: readonly string[]) => names.map((name) => capabilityNames.indexOf(name as never));
  const { bounding, effective, permitted, inheritable, ambient } = process.capabilities;
  const seccompProfile = config.linux.seccomp ?? 'unconfined';
  return {
    argv: process.args,
    env: environmentOf(process),
    cwd: posix.normalize(process.cwd),
    uid: process.user.uid,
    gid: process.user.gid,
    additionalGids: process.user.additionalGids,
    umask: process.user.umask ?? 0o022,
    capabilities: numbers(bounding),
    capabilitySets: {
      effective: numbers(effective),
      permitted: numbers(permitted),
      inheritable: numbers(inheritable),
      // No process can hold others: capabilities(7). buildah lists them all, and runc passes over those.
      ambient: numbers(ambient.filter((name) => permitted.includes(name) && inheritable.includes(name))),
    },
    noNewPrivileges: process.noNewPrivileges,
    supervised: false,
    rlimits: process.rlimits.map(translateRlimit),
    scheduler: process.scheduler,
    ioPriority: process.ioPriority,
    oomScoreAdj: process.oomScoreAdj,
    seccompProfile,
    seccomp: filterOf(seccompProfile, numbers(bounding)),
    seccompListener: listenerOf(seccompProfile, {
      ociVersion: config.ociVersion,
      ...state,
      annotations: config.annotations,
    }),
    ...checkLabels({ apparmor: process.apparmorProfile, selinux: process.selinuxLabel }),
    maskedPaths: [],
    readonlyPaths: [],
  };
}

/**
 * Of a variable that is there twice the last counts, as for runc: getenv(3) would find the first. HOME programs expect,
 * and runc sets it where it is missing.
 */
function environmentOf({ env, user }: OciProcess): readonly string[] {
  const home = env.some((each) => each.startsWith('HOME=')) ? [] : [`HOME=${user.uid === 0 ? '/root' : '/'}`];
  return [...new Map([...env, ...home].map((variable) => [variable.split('=', 1)[0], variable])).values()];
}

/** JSON has no 64-bit numbers: what is near 2^64 is RLIM_INFINITY. */
function translateRlimit({ type, soft, hard }: OciProcess['rlimits'][number], index: number): RlimitSpec {
  const value = (limit: number) => (limit > Number.MAX_SAFE_INTEGER ? 'max' : limit);
  const name = type.replace(/^RLIMIT_/, '').toLowerCase() as RlimitName;
  try {
    const [limit] = resolveRlimits({ [name]: { soft: value(soft), hard: value(hard) } });
    if (limit !== undefined) return limit;
  } catch {}
  return refuse(`process.rlimits[${index}]`, `is no limit: ${JSON.stringify({ type, soft, hard })}`);
}
