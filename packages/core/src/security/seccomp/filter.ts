import { architecture } from '../../launch/image.ts';
import type { Architecture } from '../../launch/interpreter/bytes.ts';
import type { SeccompFilter, SeccompListener } from '../../launch/spec.ts';
import { compileSeccomp } from './compile.ts';
import { defaultSeccompProfile } from './default-profile.ts';
import type { SeccompChoice, SeccompProfile } from './profile.ts';

/** Of the default profile, by architecture and capabilities: what almost every container has is compiled once. */
const compiled = new Map<string, Buffer>();

/**
 * @param capabilities numbers; some rules of a profile depend on them
 * @returns undefined for `unconfined`
 * @throws TcError SECCOMP_TOO_LARGE
 */
export function filterOf(choice: SeccompChoice, capabilities: readonly number[]): SeccompFilter | undefined {
  if (choice === 'unconfined') return undefined;
  const arch = architecture() ?? 'x64'; // elsewhere a launch can be looked at, and not be carried out
  const flags = choice === 'default' ? [] : (choice.flags ?? []);
  return { arch, flags, instructions: instructionsOf(choice, arch, capabilities) };
}

/** Who is asked by it. `state` is OCI's, without the pid. */
export function listenerOf(
  choice: SeccompChoice,
  state: SeccompListener['state'],
): SeccompListener | undefined {
  if (typeof choice === 'string' || choice.listenerPath === undefined) return undefined;
  return { path: choice.listenerPath, metadata: choice.listenerMetadata, state };
}

function instructionsOf(
  choice: 'default' | SeccompProfile,
  arch: Architecture,
  capabilities: readonly number[],
): Buffer {
  if (choice !== 'default') return compileSeccomp(choice, { arch, capabilities });
  const key = [arch, ...capabilities].join(' ');
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const filter = compileSeccomp(defaultSeccompProfile, { arch, capabilities });
  compiled.set(key, filter);
  return filter;
}
