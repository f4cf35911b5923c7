/** A volume with Docker's names. */
import type { Volume } from '@tc/core';
import { toValue } from '../template/to-value.ts';
import type { Struct } from '../template/values.ts';

export const volumeHeadings = {
  Name: 'VOLUME NAME',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  Mountpoint: 'MOUNTPOINT',
  CreatedAt: 'CREATED AT',
  Labels: 'LABELS',
} as const;

export function volumeRow({ name, path, createdAt, labels }: Volume): Struct {
  return {
    Name: name,
    Driver: 'local',
    Scope: 'local',
    Mountpoint: path,
    CreatedAt: createdAt.toISOString(),
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  };
}

/** As `docker volume inspect`; what tctl's own JSON calls a thing is there too. */
export function volumeDetails(volume: Volume): Struct {
  const Labels = new Map(Object.entries(volume.labels));
  return { ...(toValue(volume) as Struct), ...volumeRow(volume), Labels, Options: new Map() };
}
