// node tools/capture-fixtures.ts         capture this machine, then v2, hybrid and v1 in a virtual machine
// node tools/capture-fixtures.ts OUT     capture only the machine that this runs on, into OUT/<mode>-<kernel>
//
// Needs root. The virtual machine is tools/kernel-vm/kernel-vm.sh; its variables (VM_CACHE, VM_KPKG) apply.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readCgroupHost, readOptional } from '../packages/linux/src/read-cgroup-host.ts';
import { captureCgroup, type Hierarchy, listFiles, save } from './capture-cgroup.ts';
import { scrubMountinfo, scrubProcPidCgroup } from './scrub-fixtures.ts';

const FIXTURES = join(import.meta.dirname, '../test/fixtures');
const KERNEL_VM = join(import.meta.dirname, 'kernel-vm/kernel-vm.sh');

function listHierarchies(): Hierarchy[] {
  const host = readCgroupHost();
  const byMountPoint = new Map<string, Hierarchy>();
  for (const { mountPoint, controllers } of host.v1.values()) {
    byMountPoint.set(mountPoint, { name: controllers.join(','), mountPoint });
  }
  if (host.v2) byMountPoint.set(host.v2.mountPoint, { name: 'unified', mountPoint: host.v2.mountPoint });
  return [...byMountPoint.values()];
}

function copyProc(path: string, out: string, scrub = (text: string) => text): void {
  const text = readOptional(path);
  if (text !== undefined) save(join(out, path), scrub(text));
}

function captureHost(out: string, hierarchies: Hierarchy[]): void {
  copyProc('/proc/self/mountinfo', out, scrubMountinfo);
  copyProc('/proc/cgroups', out);
  copyProc('/proc/self/cgroup', out, scrubProcPidCgroup);
  for (const name of existsSync('/proc/pressure') ? readdirSync('/proc/pressure') : []) {
    copyProc(`/proc/pressure/${name}`, out);
  }
  const names = hierarchies.flatMap(({ name, mountPoint }) =>
    listFiles(mountPoint).map((file) => `${name}/${file}`),
  );
  save(join(out, 'root-cgroup-files.txt'), `${names.join('\n')}\n`);
}

async function captureHere(outDir: string): Promise<void> {
  const kernel = release().split('.').slice(0, 2).join('.');
  const out = join(outDir, `${readCgroupHost().mode}-${kernel}`);
  rmSync(out, { recursive: true, force: true });
  const hierarchies = listHierarchies();
  captureHost(out, hierarchies);
  await captureCgroup(out, hierarchies);
  console.error(`captured ${basename(out)}`);
}

function captureInVm(mode: string): void {
  // The guest sees this machine's files; what it writes is lost but for VM_OUT.
  const guestOut = mkdtempSync(join(tmpdir(), 'tctl-fixtures-'));
  const node = [process.execPath, import.meta.filename, guestOut];
  const env = { ...process.env, VM_MODE: mode, VM_OUT: guestOut };
  try {
    execFileSync(KERNEL_VM, node, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    for (const name of readdirSync(guestOut)) {
      rmSync(join(FIXTURES, name), { recursive: true, force: true });
      cpSync(join(guestOut, name), join(FIXTURES, name), { recursive: true });
    }
  } finally {
    rmSync(guestOut, { recursive: true });
  }
}

const [outDir] = process.argv.slice(2);
await captureHere(outDir ?? FIXTURES);
if (outDir === undefined) for (const mode of ['v2', 'hybrid', 'v1']) captureInVm(mode);
