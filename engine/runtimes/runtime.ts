/** The seam between graphs and the libraries that run them: nothing outside `runtimes/` knows which one it is on. */
import type { Graph } from '../graph/graph.ts'
import type { HostTensor } from '../graph/host-tensor.ts'

/** `fast` may hold rearranged copies of the frozen weights; `low-memory` runs from the mapped files alone. */
export type Profile = 'fast' | 'low-memory'

export interface CompileOptions {
  readonly profile?: Profile
  /** Operating-system threads; default: one per core. */
  readonly threads?: number
  /** Writes a per-operator trace (Chrome trace format) to files starting with this path. */
  readonly profileTo?: string
}

export interface DeviceInfo {
  /** Identifier for `--device`, such as `cpu`. */
  readonly id: string
  readonly runtime: string
  readonly title: string
  readonly available: boolean
  /** Why it is not available, or what it is. */
  readonly detail: string
  readonly memoryBytes?: number
}

/** Tensors that live on a device from run to run, by name; shared by the programs of one runtime. */
export interface DeviceState {
  readonly names: Iterable<string>
  has(name: string): boolean
  write(name: string, tensor: HostTensor): Promise<void>
  /** A copy in ordinary memory. */
  read(name: string): Promise<HostTensor>
  /** Goes back to the tensor before the last update, where there was one. */
  undo(name: string): void
  /** Lets go of a tensor, where there is one. */
  remove(name: string): void
  dispose(): void
}

/** A compiled graph. */
export interface Program {
  /**
   * One run: reads inputs and the graph's states, replaces the states it updates, returns its outputs.
   * @throws StudioError when an input or state is missing or has another type than the graph says
   */
  run(feeds: Readonly<Record<string, HostTensor>>, state: DeviceState): Promise<Record<string, HostTensor>>
  dispose(): Promise<void>
}

export interface Runtime {
  readonly name: string
  devices(): Promise<readonly DeviceInfo[]>
  createState(): DeviceState
  compile(graph: Graph, options?: CompileOptions): Promise<Program>
}
