/** The buffers that are held on a graphics card, and the sessions that made them. */
import type { InferenceSession, Tensor } from 'onnxruntime-node'

/**
 * A buffer must be let go before the session that made it: the library frees it through that session's allocator, and crashes
 * where that is gone. So a session that nobody runs any more waits for its last buffer.
 */
export class Buffers {
  readonly #makers = new Map<Tensor, InferenceSession>()
  readonly #held = new Map<InferenceSession, number>()
  readonly #retired = new Set<InferenceSession>()

  /** Number of buffers: states and weights. */
  get size(): number {
    return this.#makers.size
  }

  hold(tensor: Tensor, maker: InferenceSession): Tensor {
    this.#makers.set(tensor, maker)
    this.#held.set(maker, (this.#held.get(maker) ?? 0) + 1)
    return tensor
  }

  release(tensor: Tensor): void {
    const maker = this.#makers.get(tensor)
    if (maker === undefined) return
    this.#makers.delete(tensor)
    tensor.dispose()
    const left = this.#held.get(maker)! - 1
    this.#held.set(maker, left)
    if (left === 0 && this.#retired.has(maker)) void this.retire(maker)
  }

  /** Releases a session now, or as soon as none of its buffers is held. */
  async retire(session: InferenceSession): Promise<void> {
    if ((this.#held.get(session) ?? 0) > 0) {
      this.#retired.add(session)
      return
    }
    this.#held.delete(session)
    this.#retired.delete(session)
    await session.release()
  }
}
