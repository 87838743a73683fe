/** A pause between looks that can be cut short. */
export interface Pause {
  wait(ms: number): Promise<void>;
  /** Ends the wait that is on; nothing where none is. */
  cut(): void;
}

export function createPause(): Pause {
  let cut = (): void => {};
  return {
    wait: (ms) =>
      new Promise<void>((done) => {
        const timer = setTimeout(done, ms);
        cut = () => {
          clearTimeout(timer);
          done();
        };
      }),
    cut: () => cut(),
  };
}
