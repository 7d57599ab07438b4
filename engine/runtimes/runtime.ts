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

/** A device as it is listed: known before any library is loaded. */
export interface DeviceInfo {
  /** Identifier for `--device`, such as `cpu`. */
  readonly id: string
  /** Name of the runtime it belongs to. */
  readonly runtime: string
  readonly title: string
  readonly hardware: 'processor' | 'accelerator'
  readonly available: boolean
  /** Why it is not available and what to do about it, or what it is. */
  readonly detail: string
  /** Memory that a run may use on it, where that is known. */
  readonly memoryBytes?: number
  /** Version of its driver or library, where that is known. */
  readonly driver?: string
  /** To what its matrix products are rounded, where that is not float32: its losses differ from the others' by as much. */
  readonly precision?: 'bfloat16' | 'float16'
}

/** Tensors that live on a device from run to run, by name; shared by the programs of one device. */
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
   * @throws StudioError when an input or state is missing or has another type than the graph says; `device` when the device
   *   fails: its memory ran out, or it is gone
   */
  run(feeds: Readonly<Record<string, HostTensor>>, state: DeviceState): Promise<Record<string, HostTensor>>
  dispose(): Promise<void>
}

/** A device whose library is loaded: it compiles graphs and keeps their states. */
export interface Device {
  readonly id: string
  /** Starting a kernel costs it more than computing a small one: small tensors are best updated together. */
  readonly joinsUpdates?: boolean
  createState(): DeviceState
  /** @throws StudioError `unsupported` naming an operator it has no form for, `device` where compiling fails */
  compile(graph: Graph, options?: CompileOptions): Promise<Program>
}

/** A library that runs graphs, and the devices it may reach. */
export interface Runtime {
  readonly name: string
  /** Every device it knows of on this kind of machine, available or not; loads no library. */
  devices(): Promise<readonly DeviceInfo[]>
  /** Loads the library. @param id of an available device @throws StudioError `device` where it cannot be opened */
  open(id: string): Promise<Device>
}
