import type { Attachment, AttachOptions, Container } from '@tc/core';

export type Attachments = readonly [Attachment, ...Attachment[]];

/** A terminal has one stream, all else has two. @returns undefined, with `replay`, where it has ended already */
export async function connect(
  container: Container,
  tty: boolean,
  options: AttachOptions,
): Promise<Attachments | undefined> {
  try {
    const first = await container.attach(tty ? options : { ...options, stderr: false });
    if (tty) return [first];
    try {
      return [first, await container.attach({ ...options, stdout: false })];
    } catch (error) {
      first.detach();
      throw error;
    }
  } catch (error) {
    if (options.replay !== undefined && (error as { code?: unknown }).code === 'CONTAINER_NOT_RUNNING')
      return undefined;
    throw error;
  }
}
