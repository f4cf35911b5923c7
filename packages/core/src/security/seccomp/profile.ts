/** What a filter is made from: the `linux.seccomp` object of the OCI runtime specification, and Docker's profiles. */
import type { CapabilityName } from '@tc/linux';

/** What happens to a call: seccomp(2). */
export type SeccompAction =
  | 'SCMP_ACT_ALLOW'
  | 'SCMP_ACT_ERRNO'
  | 'SCMP_ACT_KILL'
  | 'SCMP_ACT_KILL_PROCESS'
  | 'SCMP_ACT_KILL_THREAD'
  | 'SCMP_ACT_LOG'
  | 'SCMP_ACT_TRACE'
  | 'SCMP_ACT_TRAP'
  | 'SCMP_ACT_NOTIFY';

/** Unsigned comparisons of 64 bits. */
export type SeccompOperator =
  | 'SCMP_CMP_NE'
  | 'SCMP_CMP_LT'
  | 'SCMP_CMP_LE'
  | 'SCMP_CMP_EQ'
  | 'SCMP_CMP_GE'
  | 'SCMP_CMP_GT'
  | 'SCMP_CMP_MASKED_EQ';

export interface SeccompCondition {
  /** Of the argument: 0 to 5. */
  readonly index: number;
  readonly op: SeccompOperator;
  /** With SCMP_CMP_MASKED_EQ the mask. */
  readonly value: number;
  /** With SCMP_CMP_MASKED_EQ what the masked argument is compared with. */
  readonly valueTwo?: number;
}

/** Docker's conditions on a rule: all must be met. */
export interface SeccompScope {
  /** The container has all of these; of a rule that is excluded, one of them. */
  readonly caps?: readonly CapabilityName[];
  /** `amd64`, `arm64`. */
  readonly arches?: readonly string[];
  /** `4.8` */
  readonly minKernel?: string;
}

export interface SeccompRule {
  /** Of system calls. A name that no architecture has is ignored where the rule allows, and refused where it denies. */
  readonly names: readonly string[];
  readonly action: SeccompAction;
  /** For SCMP_ACT_ERRNO and SCMP_ACT_TRACE. Default EPERM. */
  readonly errnoRet?: number;
  /** All must hold; or one, where two of them look at the same argument. */
  readonly args?: readonly SeccompCondition[];
  readonly includes?: SeccompScope;
  readonly excludes?: SeccompScope;
}

/** SECCOMP_FILTER_FLAG_*: seccomp(2). */
export type SeccompFlag = 'SECCOMP_FILTER_FLAG_LOG' | 'SECCOMP_FILTER_FLAG_SPEC_ALLOW';

export interface SeccompProfile {
  /** Of calls that no rule speaks of. */
  readonly defaultAction: SeccompAction;
  /** Default EPERM. */
  readonly defaultErrnoRet?: number;
  readonly flags?: readonly SeccompFlag[];
  /** With SCMP_ACT_NOTIFY: the Unix socket at which a program of the host waits to answer for the filter. */
  readonly listenerPath?: string;
  /** Told to that program. */
  readonly listenerMetadata?: string;
  /** The first rule that applies to a call decides. */
  readonly syscalls?: readonly SeccompRule[];
}

export type SeccompChoice = 'default' | 'unconfined' | SeccompProfile;
