/** Lets work through while it is open. Starts shut. */
export class Gate {
  #open = false;
  #busy = 0;
  #waiting: (() => void)[] = [];
  #idle: (() => void)[] = [];

  /** Waits until the gate is open, then counts as busy until `leave`. */
  async enter(): Promise<void> {
    while (!this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy += 1;
  }

  leave(): void {
    this.#busy -= 1;
    if (this.#busy === 0) this.#release(this.#idle.splice(0));
  }

  open(): void {
    this.#open = true;
    this.#release(this.#waiting.splice(0));
  }

  /** Shuts the gate and waits until nothing that entered is still busy. */
  async shut(): Promise<void> {
    this.#open = false;
    if (this.#busy > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #release(waiting: readonly (() => void)[]): void {
    for (const resolve of waiting) resolve();
  }
}
