import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWebgpu } from '../engine/testing/webgpu.ts'
import { apply, state, weight } from '../engine/graph/value.ts'
import { byteLength, float32, type DType } from '../engine/graph/host-tensor.ts'
import { quantizedProduct, dequantize } from '../engine/ops/quantized.ts'
import { Gemm } from '../engine/ops/matmul.ts'
import { sumAll } from '../engine/ops/reduce.ts'
const d = (await openWebgpu())!
const dir = await mkdtemp(join(tmpdir(), 'q-'))
for (const [N, K, block] of [[4864, 896, 64], [4864, 896, 32], [896, 4864, 64]] as const) {
  const blocks = K / block
  const part = async (name: string, shape: number[], dtype: DType) => {
    const bytes = byteLength({ dtype, shape }); const path = join(dir, `${name}${N}${block}`)
    await writeFile(path, dtype === 'float32' ? new Float32Array(bytes / 4).fill(0.01) : new Uint8Array(bytes).map((_, i) => i * 37))
    return weight(name, shape, { path, offset: 0, bytes }, dtype)
  }
  const parts = { integers: await part('i', [N, K], 'uint4'), factors: await part('f', [N, blocks], 'float32'), zeroPoints: await part('z', [N, blocks], 'uint4') }
  for (const M of [1, 4, 16, 64, 256]) {
    const x = state('x', { dtype: 'float32', shape: [M, K] })
    const t: string[] = []
    for (const y of [quantizedProduct(x, parts, undefined)!, apply(Gemm, [x, dequantize(parts)], { transB: 1 } as never)[0]!]) {
      const p = await d.compile({ outputs: { y: sumAll(y) }, updates: [] })
      const s = d.createState(); await s.write('x', float32([M, K], new Float32Array(M * K).fill(0.5)))
      const ms: number[] = []
      for (let i = 0; i < 4; i++) { const a = performance.now(); await p.run({}, s); ms.push(performance.now() - a) }
      t.push(Math.min(...ms.slice(1)).toFixed(1)); s.dispose(); await p.dispose()
    }
    console.log(N, K, block, 'M', M, 'MatMulNBits', t[0], 'restored', t[1])
  }
}
