/** Containers of one kind that sleep. */
export interface Fleet {
  readonly name: string;
  /** Starts so many more. */
  start(count: number): Promise<void>;
  /** The pids of what stays beside each container for its life. */
  supervisors(): number[];
  /** Removes all. */
  remove(): Promise<void>;
}

/** @param act is given numbers from 0 on. Where one fails, the others end all the same. */
export async function eightAtATime(count: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      await act(next - 1);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: 8 }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
