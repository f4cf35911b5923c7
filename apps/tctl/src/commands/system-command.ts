import { join } from 'node:path';
import { Container, listVolumes, pruneVolumes } from '@tc/core';
import { dataDirectory, hostTrees } from '@tc/images';
import { cleanUp } from '../cli/clean-up.ts';
import { type Command, command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { pruneFilter } from '../cli/prune-filters.ts';
import { transferSize } from '../cli/sizes.ts';
import { subcommands } from '../cli/subcommands.ts';
import { textTable } from '../cli/text-table.ts';
import { systemDf, systemGroup, systemPrune } from '../table/machine.ts';
import { checkFormat, formattedRows, isPlainTable } from '../template/print-rows.ts';
import { diskUsage } from './disk-usage.ts';
import { imageStore } from './image-users.ts';
import { infoCommand } from './info.ts';
import { volumesOf } from './mounted-volumes.ts';
import { pruneImages } from './prune-images.ts';

interface Usage {
  readonly type: string;
  readonly count: number;
  readonly active: number;
  readonly bytes: number;
  /** What prune would free. */
  readonly reclaimableBytes: number;
}

const df = command(systemDf, async ({ json = false, format, 'no-human': exact = false }) => {
  checkFormat(format);
  await cleanUp();
  const usages = [await ofImages(), await ofHost(), await ofContainers(), await ofVolumes()];
  const rows = usages.map(({ type, count, active, bytes, reclaimableBytes }) => ({
    Type: type,
    TotalCount: String(count),
    Active: String(active),
    Size: exact ? String(bytes) : transferSize(bytes),
    Reclaimable: exact ? String(reclaimableBytes) : transferSize(reclaimableBytes),
  }));
  if (json) writeOut(jsonText(usages));
  else if (format !== undefined && !isPlainTable(format)) writeOut(formattedRows(format, { rows, headings }));
  else writeOut(textTable(Object.values(headings), rows.map(Object.values)));
  return 0;
});

const headings = {
  Type: 'TYPE',
  TotalCount: 'TOTAL',
  Active: 'ACTIVE',
  Size: 'SIZE',
  Reclaimable: 'RECLAIMABLE',
};

async function ofImages(): Promise<Usage> {
  const images = await imageStore().list();
  const used = new Set((await Container.list()).map(({ image }) => image));
  const isUsed = ({ id, names }: (typeof images)[number]) =>
    used.has(id) ||
    names.some((name) => used.has(name) || [...used].some((each) => each && name.endsWith(`/${each}`)));
  const bytes = (list: typeof images) =>
    list.reduce((sum, { uniqueBytes, blobBytes }) => sum + uniqueBytes + blobBytes, 0);
  return {
    type: 'Images',
    count: images.length,
    active: images.filter(isUsed).length,
    bytes: await diskUsage(imageStore().directory),
    reclaimableBytes: bytes(images.filter((image) => image.names.length === 0 && !isUsed(image))),
  };
}

/** Made of this machine's own programs: no image of the store, so that `tctl images` does not list it. */
async function ofHost(): Promise<Usage> {
  const used = new Set((await Container.list()).map(({ rootfs }) => rootfs));
  const trees = hostTrees();
  const seen = new Set<string>();
  let bytes = 0;
  for (const tree of trees) bytes += await diskUsage(tree, seen);
  return {
    type: 'Host image',
    count: trees.length,
    active: trees.filter((tree) => used.has(tree)).length,
    bytes,
    reclaimableBytes: 0, // nothing removes them
  };
}

async function ofContainers(): Promise<Usage> {
  const containers = await Container.list();
  const sizes = await Promise.all(
    containers.map(({ id }) => diskUsage(join(dataDirectory(), 'containers', id))),
  );
  const isUp = (at: number) => ['running', 'paused'].includes(containers[at]?.state ?? '');
  return {
    type: 'Containers',
    count: containers.length,
    active: containers.filter((_, at) => isUp(at)).length,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    reclaimableBytes: sizes.reduce((sum, bytes, at) => (isUp(at) ? sum : sum + bytes), 0),
  };
}

async function ofVolumes(): Promise<Usage> {
  const volumes = await listVolumes();
  const mounted = new Set(
    (await Container.list()).flatMap(({ options }) => volumesOf(options?.mounts ?? [])),
  );
  const sizes = await Promise.all(volumes.map(({ path }) => diskUsage(path)));
  const isActive = (at: number) => mounted.has(volumes[at]?.name ?? '');
  return {
    type: 'Volumes',
    count: volumes.length,
    active: volumes.filter((_, at) => isActive(at)).length,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    reclaimableBytes: sizes.reduce((sum, bytes, at) => (isActive(at) ? sum : sum + bytes), 0),
  };
}

const prune = command(systemPrune, async ({ all = false, volumes = false, json = false, filter }) => {
  const isMeant = pruneFilter(filter);
  await cleanUp();
  const containers = await Container.prune({ created: all, filter: isMeant });
  const images = await pruneImages(all, filter && isMeant);
  const removed = volumes ? await pruneVolumes({ filter: isMeant }) : [];
  if (json) writeOut(jsonText({ containers, images, volumes: removed }));
  else {
    const lines = [...containers, ...images.images, ...removed];
    writeOut(lines.map((line) => `${line}\n`).join(''));
    const counts = [
      `${containers.length} containers`,
      `${images.images.length} images`,
      `${images.layers.length} layers`,
      `${images.blobs.length} blobs`,
      ...(volumes ? [`${removed.length} volumes`] : []),
    ];
    writeOut(`${counts.join(', ')}\n`);
  }
  return 0;
});

/** Events are of another bundle. */
const events: Command = async (args) => (await import('./containers.ts')).containerCommands.events(args);

export const systemCommand: Command = subcommands('system', systemGroup, {
  df,
  prune,
  info: infoCommand,
  events,
});
