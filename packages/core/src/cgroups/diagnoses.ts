import type { Diagnosis } from '../launch/program.ts';

/** What it means when a limit's file cannot be written, where the controller itself has nothing better to say. */
export function writeDiagnoses(file: string): Readonly<Record<string, Diagnosis>> {
  const [controller] = file.split('.');
  return {
    ENOENT: {
      code: 'LIMIT_UNSUPPORTED',
      hint: `The kernel has no ${file}: it is older than that file, or built without it (${controller} controller).`,
    },
    EACCES: { hint: 'The cgroup was not delegated to you: run as root.' },
    EPERM: { hint: 'The cgroup was not delegated to you: run as root.' },
    EINVAL: { code: 'INVALID_LIMIT', hint: `The kernel does not take this value for ${file}.` },
    ERANGE: { code: 'INVALID_LIMIT', hint: `The kernel does not take this value for ${file}.` },
    EBUSY: { hint: `The kernel keeps ${file} as it is: processes in the cgroup already use more.` },
  };
}
