/** What a test needs of the machine. A test that lacks something is skipped, and says why. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkHost } from '@tc/core';
import { readCgroupHost } from '@tc/linux';
import type { TestContext } from 'vitest';
import { cgroupMountPoints } from './leftovers.ts';
import { tools } from './rootfs.ts';

/** @returns why not, or undefined where it is there. */
export type Need = () => string | undefined;

export const cgroupMode = readCgroupHost().mode;

const unless = (there: boolean, reason: string): string | undefined => (there ? undefined : reason);

export const root: Need = () => unless(process.geteuid?.() === 0, 'only root can do this');

export const mode =
  (...modes: string[]): Need =>
  () =>
    unless(modes.includes(cgroupMode), `this is for cgroup ${modes.join(' or ')}; here it is ${cgroupMode}`);

/** Where a v1 controller is mounted, or cgroup2 has it. */
export const controller =
  (name: string, v2Name = name): Need =>
  () => {
    const { v1, v2 } = readCgroupHost();
    const inV2 =
      v2 !== undefined &&
      readFileSync(join(v2.mountPoint, 'cgroup.controllers'), 'utf8').split(/\s/).includes(v2Name);
    return unless(inV2 || v1.has(name), `there is no ${name} controller`);
  };

/** By the name that `tctl doctor` has for it: only `ok` will do. */
export const healthy =
  (name: string): Need =>
  () => {
    const check = checkHost().find((each) => each.name === name);
    return unless(check?.status === 'ok', `${name}: ${check?.found}`);
  };

/** On v1 the kernel can be booted with swapaccount=0; on v2 swap is always counted. */
export const swapAccounting: Need = () =>
  unless(
    cgroupMode === 'v2' ||
      cgroupMountPoints().some((point) => existsSync(join(point, 'memory.memsw.limit_in_bytes'))),
    'the kernel does not account swap',
  );

export const tool =
  (name: string): Need =>
  () =>
    unless(tools.has(name), `this machine has no ${name}`);

export const fileSystem =
  (name: string): Need =>
  () => {
    const known = () => new RegExp(`\\t${name}$`, 'm').test(readFileSync('/proc/filesystems', 'utf8'));
    if (!known()) {
      try {
        execFileSync('modprobe', [name], { stdio: 'ignore' });
      } catch {} // the kernel may load it by itself when it is mounted first, or not have it
    }
    return unless(known(), `the kernel has no ${name}`);
  };

export const namespace =
  (name: string): Need =>
  () =>
    unless(existsSync(`/proc/self/ns/${name}`), `the kernel has no ${name} namespaces`);

/** A disk that cgroups can limit, as `major:minor` and path. */
export function disk(): { device: string; path: string } | undefined {
  const name = readdirSync('/sys/block').find((each) => /^(vd|sd|xvd|nvme)/.test(each));
  if (name === undefined) return undefined;
  return { device: readFileSync(`/sys/block/${name}/dev`, 'utf8').trim(), path: `/dev/${name}` };
}

export const aDisk: Need = () => unless(disk() !== undefined, 'there is no disk in /sys/block');

export function requires({ skip }: TestContext, ...needs: Need[]): void {
  for (const need of needs) {
    const reason = need();
    if (reason === undefined) continue;
    console.log(`skipped: ${reason}`);
    skip(reason);
  }
}
