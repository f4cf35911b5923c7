import { type Action, reduce } from '../model/reduce.ts';
import { makeRows } from '../model/row.ts';
import type { State } from '../model/state.ts';
import type { Mark, Update } from '../source/source.ts';
import { Histories } from './histories.ts';
import { HostHistory } from './host-history.ts';
import { LogBuffer } from './log-buffer.ts';
import { makeHistory } from './make-history.ts';
import { thin } from './thin.ts';

/** Holds the state; components subscribe to it through useSyncExternalStore. */
export class Store {
  #graphs = new Graphs();
  /** What is drawn instead, while the view stands still. */
  #frozenGraphs: Graphs | undefined;
  /** For the detail view: a day. */
  history = makeHistory();
  /** Of what the detail view is about. */
  readonly log = new LogBuffer();
  /** Newest last. */
  readonly marks: Mark[] = [];
  #state: State;
  #tick = 0;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
  }

  get histories(): Histories {
    return (this.#frozenGraphs ?? this.#graphs).histories;
  }

  get host(): HostHistory {
    return (this.#frozenGraphs ?? this.#graphs).host;
  }

  readonly getState = (): State => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly dispatch = (action: Action): void => {
    const next = reduce(this.#state, action);
    if (next === this.#state) return;
    if (next.isFrozen !== this.#state.isFrozen)
      this.#frozenGraphs = next.isFrozen ? this.#graphs.copy() : undefined;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  };

  /** A frame: what it has for graphs goes beside the state. While the view stands still, only that. */
  readonly take = (update: Update): void => {
    if (update.isRestart === true) this.#forget();
    for (const frame of update.past ?? []) this.#record({ ...update, frame });
    if (update.isSameFrame !== true) this.#record(update);
    this.marks.push(...update.marks);
    if (this.marks.length > mostMarks) this.marks.splice(0, this.marks.length - mostMarks);
    if (!this.#state.isFrozen) this.dispatch({ kind: 'update', update });
  };

  #forget(): void {
    this.#graphs = new Graphs();
    this.history = makeHistory();
    this.marks.length = 0;
  }

  #record(update: Update): void {
    this.#graphs.histories.push(makeRows(update, 'all'));
    this.#graphs.host.push(update.frame.host);
    this.#tick += 1;
    this.history.add(thin(update.frame, this.#tick, this.#state.detail?.path));
  }
}

const mostMarks = 1000;

/** What the list draws. */
class Graphs {
  readonly histories: Histories;
  readonly host: HostHistory;

  constructor(histories = new Histories(), host = new HostHistory()) {
    this.histories = histories;
    this.host = host;
  }

  copy(): Graphs {
    return new Graphs(this.histories.copy(), this.host.copy());
  }
}
