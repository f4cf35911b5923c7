import { readFileSync } from 'node:fs';
import { arch, cpus, freemem, hostname, release, totalmem } from 'node:os';
import { Container, checkHost, listVolumes } from '@tc/core';
import { dataDirectory } from '@tc/images';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { memorySize } from '../cli/sizes.ts';
import { info } from '../table/machine.ts';
import { checkFormat, formattedRows } from '../template/print-rows.ts';
import { plain, type Struct } from '../template/values.ts';
import { version } from '../version.ts';
import { imageStore } from './image-users.ts';

export const infoCommand = command(info, async ({ json = false, format, 'no-human': exact = false }) => {
  checkFormat(format);
  await cleanUp();
  const facts = await factsOf();
  if (format !== undefined) writeOut(formattedRows(format, { rows: [facts], headings: {} }));
  else if (json) writeOut(jsonText(plain(facts)));
  else writeOut(lines(facts, exact));
  return 0;
});

/** Docker's names. */
async function factsOf() {
  const containers = await Container.list();
  const count = (...states: string[]) => containers.filter(({ state }) => states.includes(state)).length;
  const cgroups = checkHost().find(({ name }) => name === 'cgroups')?.found ?? '';
  return {
    ID: machineId(),
    Containers: containers.length,
    ContainersRunning: count('running'),
    ContainersPaused: count('paused'),
    ContainersStopped: count('created', 'exited'),
    Images: (await imageStore().list()).length,
    Volumes: (await listVolumes()).length,
    ServerVersion: version,
    NodeVersion: process.version,
    Name: hostname(),
    OperatingSystem: operatingSystem(),
    OSType: process.platform,
    Architecture: arch(),
    KernelVersion: release(),
    NCPU: cpus().length,
    MemTotal: totalmem(),
    MemFree: freemem(),
    CgroupVersion: cgroups,
    DockerRootDir: dataDirectory(),
    Rootless: process.geteuid?.() !== 0,
  } satisfies Struct;
}

function lines(facts: Awaited<ReturnType<typeof factsOf>>, exact: boolean): string {
  const size = (bytes: number) => (exact ? String(bytes) : memorySize(bytes));
  const rows: [string, string | number][] = [
    ['Containers', facts.Containers],
    ['  running', facts.ContainersRunning],
    ['  paused', facts.ContainersPaused],
    ['  stopped', facts.ContainersStopped],
    ['Images', facts.Images],
    ['Volumes', facts.Volumes],
    ['tctl', facts.ServerVersion],
    ['Node.js', facts.NodeVersion],
    ['Machine', facts.Name],
    ['System', facts.OperatingSystem],
    ['Kernel', `${facts.KernelVersion}, ${facts.Architecture}`],
    ['CPUs', facts.NCPU],
    ['Memory', `${size(facts.MemTotal)}, ${size(facts.MemFree)} free`],
    ['Cgroups', facts.CgroupVersion],
    ['Data', facts.DockerRootDir],
    ['Root', facts.Rootless ? 'no: containers are in user namespaces' : 'yes'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value))}\n`).join('');
}

/** os-release(5) */
function operatingSystem(): string {
  const text = readText('/etc/os-release');
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(text)?.[1] ?? process.platform;
}

/** machine-id(5) */
const machineId = () => readText('/etc/machine-id').trim();

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
