/** A file that can be read when needed; its name is what messages and records show. */
export interface FileSource {
  readonly name: string;
  readonly bytes: number;
  read(): Promise<Uint8Array>;
}
