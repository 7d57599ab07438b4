/** Lets files that take minutes begin first, so that at the end no core waits for one of them. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** On a clean checkout nothing is known of how long files took, and their size tells little. */
const longest = [
  'e2e/first-run.spec.ts',
  'e2e/accessible.spec.ts',
  'e2e/method.spec.ts',
  'engine/runtimes/onnx/gpu/webgpu.test.ts',
  'electron/host/devices/devices.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => longest.some((path) => moduleId.endsWith(path))
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
