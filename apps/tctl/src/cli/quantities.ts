/** Sizes and times as people like them, or exact where they have asked for that. */
import { age } from './age.ts';
import { memorySize, transferSize } from './sizes.ts';

export interface Quantities {
  /** `5 minutes ago` */
  ago(time: Date | undefined): string;
  memory(bytes: number): string;
  /** Of disks and networks. */
  transfer(bytes: number): string;
}

const human: Quantities = {
  ago: (time) => (time === undefined ? '' : `${age(time)} ago`),
  memory: memorySize,
  transfer: transferSize,
};

const exact: Quantities = {
  ago: (time) => time?.toISOString() ?? '',
  memory: String,
  transfer: String,
};

export const quantities = (isExact: boolean): Quantities => (isExact ? exact : human);
