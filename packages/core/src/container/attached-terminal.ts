import type { Supervisor } from '../launch/supervisor.ts';
import { Terminal } from '../run/terminal.ts';

/** The terminal of a container that this process has started and sits at. */
export class AttachedTerminal extends Terminal {
  readonly #supervisor: Supervisor;

  constructor(fd: number, supervisor: Supervisor) {
    super(fd);
    this.#supervisor = supervisor;
  }

  /**
   * Leaves the container to itself: it outlives this process, and what its terminal shows goes to its log, from where
   * `Container.attach()` reads it.
   */
  detach(): void {
    this.#supervisor.detach();
    this.destroy();
  }
}
