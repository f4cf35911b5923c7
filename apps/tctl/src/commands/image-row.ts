/** An image with Docker's names. */
import { familiarName, type ImageDetails, type ImageInfo } from '@tc/images';
import { printable } from '../cli/printable.ts';
import { quantities } from '../cli/quantities.ts';
import { toValue } from '../template/to-value.ts';
import type { Struct } from '../template/values.ts';

export const imageHeadings = {
  Name: 'IMAGE',
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  ID: 'ID',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  UniqueSize: 'UNIQUE',
  Platform: 'PLATFORM',
} as const;

export interface RowOptions {
  readonly exact: boolean;
  /** Ids are not shortened. */
  readonly whole: boolean;
}

/** One for each name, or one without. */
export function imageRows(image: ImageInfo, { exact, whole }: RowOptions) {
  const show = quantities(exact);
  return (image.names.length > 0 ? image.names : ['<none>']).map((each) => {
    const name = printable(familiarName(each));
    const [, repository = '<none>', tag = '<none>'] = /^(.+?)(?::([^:/@]+))?(?:@.*)?$/.exec(name) ?? [];
    return {
      Name: name,
      Repository: repository,
      Tag: tag,
      Digest: image.digest,
      ID: shortDigest(image.id, whole),
      CreatedSince: show.ago(image.createdAt),
      CreatedAt: image.createdAt?.toISOString() ?? '',
      Size: show.transfer(image.bytes),
      UniqueSize: show.transfer(image.uniqueBytes),
      Platform: image.platform,
      Containers: 'N/A',
    } satisfies Struct;
  });
}

/** Without `sha256:`, as Docker shows it. */
export const shortDigest = (digest: string, whole: boolean): string => (whole ? digest : digest.slice(7, 19));

/** As `docker image inspect`; what tctl's own JSON calls a thing is there too. */
export function imageDetails(image: ImageDetails): Struct {
  const { settings } = image.config;
  const [os = '', architecture = '', variant = ''] = image.platform.split('/');
  return {
    ...(toValue(image) as Struct),
    Id: image.id,
    RepoTags: image.names.map(familiarName),
    RepoDigests: image.names.map((name) => `${familiarName(name).replace(/:[^:/]+$/, '')}@${image.digest}`),
    Created: image.createdAt?.toISOString() ?? '',
    Os: os,
    Architecture: architecture,
    Variant: variant,
    Size: image.bytes,
    RootFS: { Type: 'layers', Layers: image.layers },
    Config: {
      User: settings.user ?? '',
      Env: settings.env ?? [],
      Cmd: settings.cmd ?? [],
      Entrypoint: settings.entrypoint ?? [],
      WorkingDir: settings.workingDir ?? '',
      StopSignal: settings.stopSignal ?? '',
      ExposedPorts: new Map((settings.exposedPorts ?? []).map((port) => [port, {}])),
      Volumes: new Map((settings.volumes ?? []).map((path) => [path, {}])),
      Labels: new Map(Object.entries(settings.labels ?? {})),
    },
  };
}
