import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { exitCodeOfError } from '../cli/exit-code.ts';
import { writeOut } from '../cli/output.ts';
import { create } from '../table/running.ts';
import { idFile } from './id-file.ts';
import { keptOnDisk, resolveImage } from './image.ts';
import { keepStdin } from './keep-stdin.ts';
import { toKeptOptions, toRunOptions } from './to-run-options.ts';

export const createCommand = command(
  create,
  async (values, operands) => {
    const { image, command, apply, volumes, ...resolved } = await resolveImage(
      values,
      operands,
      `tctl ${create.usage}`,
    );
    const rootfs = values.rm ? resolved.rootfs : keptOnDisk(resolved.rootfs);
    const writeId = idFile(values.cidfile);
    await cleanUp();
    const said = apply({ ...toRunOptions(values), ...toKeptOptions(values) });
    const mounts = [...(values.rm ? [] : await volumes(said)), ...(said.mounts ?? [])];
    const options = { ...said, mounts, rootfs, command, detached: true };
    const { id } = await Container.create(
      keepStdin({ ...options, ...(image && { image }), autoRemove: values.rm ?? false }, values),
    );
    writeId(id);
    writeOut(`${id}\n`);
    return 0;
  },
  exitCodeOfError,
);
