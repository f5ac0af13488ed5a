/** A value in a storage of the browser, and in memory where that does not work. */
export class Place<T> {
  #memory: T;
  #works = true;

  constructor(
    private readonly storage: () => Storage | undefined,
    private readonly name: string,
    private readonly empty: T,
  ) {
    this.#memory = empty;
  }

  read(): T {
    if (!this.#works) return this.#memory;
    try {
      const kept = this.storage()!.getItem(this.name);
      return kept === null ? this.empty : (JSON.parse(kept) as T);
    } catch {
      return this.#memory;
    }
  }

  write(value: T): void {
    this.#memory = value;
    try {
      if (value === null) this.storage()!.removeItem(this.name);
      else this.storage()!.setItem(this.name, JSON.stringify(value));
    } catch {
      this.#works = false;
    }
  }
}
