import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { imageInspect } from '../table/image-group.ts';
import { checkFormat, formattedRows } from '../template/print-rows.ts';
import type { Struct } from '../template/values.ts';
import { imageDetails } from './image-row.ts';
import { imageStore } from './image-users.ts';

/** As JSON, and for a template. @throws TcError IMAGE_NOT_FOUND */
export async function inspectImage(name: string): Promise<{ data: unknown; details: () => Struct }> {
  const image = await imageStore().get(name);
  return { data: image, details: () => imageDetails(image) };
}

export const imageInspectCommand = command(imageInspect, async ({ format }, names) => {
  checkFormat(format);
  const found: Awaited<ReturnType<typeof inspectImage>>[] = [];
  const code = await forEach(names, async (name) => {
    found.push(await inspectImage(name));
    return undefined;
  });
  if (format === undefined) writeOut(jsonText(found.map(({ data }) => data)));
  else writeOut(formattedRows(format, { rows: found.map(({ details }) => details()), headings: {} }));
  return code;
});
