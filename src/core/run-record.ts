/** When and on what a computation ran; kept beside its result, and never part of what decides whether that is stale. */
export interface RunRecord {
  /** ISO 8601. */
  readonly endedAt: string;
  readonly processor: string;
  readonly nCores: number;
  /** Operating system and runtime. */
  readonly system: string;
  /** Commit of the checkout that the code ran from, with `-dirty` where its sources had changes; absent elsewhere. */
  readonly commit?: string;
}
