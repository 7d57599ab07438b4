/** Which ONNX Runtime is installed, read without loading it. */
import { createRequire } from 'node:module'
import { z } from 'zod'

const packageSchema = z.looseObject({ version: z.string() })

export function libraryVersion(): string {
  const { version } = packageSchema.parse(createRequire(import.meta.url)('onnxruntime-node/package.json'))
  return `ONNX Runtime ${version}`
}
