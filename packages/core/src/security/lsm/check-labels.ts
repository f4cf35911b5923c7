/** AppArmor profiles and SELinux labels, for hosts that have these security modules. */
import { existsSync } from 'node:fs';
import { readOptional, TcError } from '@tc/linux';

export interface Labels {
  /** Undefined: as the caller's. */
  readonly apparmorProfile: string | undefined;
  readonly selinuxLabel: string | undefined;
}

/** What of the two the running kernel has. Tests answer otherwise. */
export interface LabelFacts {
  readonly apparmor: boolean;
  readonly selinux: boolean;
}

export function hostLabelFacts(): LabelFacts {
  return {
    apparmor: readOptional('/sys/module/apparmor/parameters/enabled')?.startsWith('Y') ?? false,
    selinux: existsSync('/sys/fs/selinux/enforce'), // selinuxfs is there where it is on: selinux(8)
  };
}

/**
 * A label that is asked for and can't be had is an error: to run without it would be to run unconfined.
 * @throws TcError LABEL_UNSUPPORTED, INVALID_OPTION
 */
export function checkLabels(
  { apparmor, selinux }: { apparmor?: string | undefined; selinux?: string | undefined },
  facts: () => LabelFacts = hostLabelFacts,
): Labels {
  const profile = apparmor === 'unconfined' ? undefined : apparmor;
  const label = selinux === 'disable' ? undefined : selinux;
  if (profile !== undefined) check('AppArmor profile', profile, () => facts().apparmor);
  if (label !== undefined) check('SELinux label', label, () => facts().selinux);
  return { apparmorProfile: profile, selinuxLabel: label };
}

function check(what: string, value: string, isThere: () => boolean): void {
  const operation = `set the ${what}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name has them
  if (!/^[^\u0000-\u001f\u007f]{1,4000}$/.test(value)) {
    const hint = 'Give its name as the host knows it: aa-status, or ps -Z.';
    throw new TcError(`${JSON.stringify(value)} is no ${what}`, { code: 'INVALID_OPTION', operation, hint });
  }
  if (isThere()) return;
  throw new TcError(`this kernel runs without ${what.split(' ')[0]}`, {
    code: 'LABEL_UNSUPPORTED',
    operation,
    hint: 'Leave it out, or turn that security module on when the kernel boots (lsm=, security=).',
  });
}
