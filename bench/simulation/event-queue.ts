// Virtual time: events in the order of their times. Nothing waits for a real clock.

interface Timed {
  at: number;
}

/** A binary heap. */
export class EventQueue<Event extends Timed> {
  readonly #heap: Event[] = [];

  schedule(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Event;
      if (above.at <= event.at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  /** Removes and returns the earliest event before `end`; undefined when there is none. */
  next(end: number): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at >= end) return undefined;
    const last = heap.pop() as Event;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const isRight = right < heap.length && (heap[right] as Event).at < (heap[left] as Event).at;
      const child = isRight ? right : left;
      const below = heap[child] as Event;
      if (below.at >= event.at) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = event;
  }
}
