/** What is told about TensorFlow's devices before its library is loaded. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findNativePackage, TENSORFLOW_JS } from './addons.ts'
import { missingCudaLibraries } from './cuda-libraries.ts'
import { openNative } from './open-native.ts'
import { restoreUtil } from './restore-util.ts'
import { missingPackage, multipliesBfloat16, tensorflowDevices } from './status.ts'

let addons = ''
beforeAll(async () => {
  addons = await mkdtemp(join(tmpdir(), 'addons-'))
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rm(addons, { recursive: true }))

async function install(name: string, version: string): Promise<string> {
  const folder = join(addons, 'node_modules', name)
  await mkdir(folder, { recursive: true })
  const binary = { module_name: 'tfjs_binding', napi_versions: [3, 8, 99] }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, binary }))
  return folder
}

test('what is missing is said with what to do about it', async () => {
  vi.stubEnv('PEFT_STUDIO_ADDONS', addons)
  expect(missingPackage('tensorflow-cpu')).toBe('not installed: run `npm run setup:tensorflow`')
  expect(missingPackage('tensorflow-gpu')).toBe('not installed: run `npm run setup:cuda`')
  await expect(openNative('tensorflow-cpu')).rejects.toMatchObject({
    code: 'device',
    hint: 'Run npm run setup:tensorflow.',
  })

  await install('@tensorflow/tfjs-node', '3.0.0')
  expect(missingPackage('tensorflow-cpu')).toMatch(/3\.0\.0 is installed, the studio works with 4\.22\.0/)

  const folder = await install('@tensorflow/tfjs-node', TENSORFLOW_JS)
  expect(missingPackage('tensorflow-cpu')).toMatch(/native part of @tensorflow\/tfjs-node was not built/)

  await mkdir(join(folder, 'lib/napi-v8'), { recursive: true })
  await writeFile(join(folder, 'lib/napi-v8/tfjs_binding.node'), 'no library')
  expect(missingPackage('tensorflow-cpu')).toBeUndefined()
  expect(findNativePackage('@tensorflow/tfjs-node')?.folder).toBe(folder)
})

test('a library that does not load is said in a sentence', async () => {
  vi.stubEnv('PEFT_STUDIO_ADDONS', addons)
  const folder = await install('@tensorflow/tfjs-node', TENSORFLOW_JS)
  await writeFile(
    join(folder, 'index.js'),
    'throw new Error("libtensorflow.so: cannot open shared object file")',
  )
  await expect(openNative('tensorflow-cpu')).rejects.toMatchObject({
    code: 'device',
    message: expect.stringMatching(/does not load: libtensorflow\.so/),
  })
})

test('every device says what it is or what it lacks', async () => {
  for (const device of await tensorflowDevices()) {
    expect(device.runtime).toBe('tensorflow')
    expect(device.detail.length).toBeGreaterThan(5)
    expect(device.precision).toBe(device.id.endsWith('bf16') ? 'bfloat16' : undefined)
  }
})

test('CUDA libraries are looked for by file name', async () => {
  const folder = await mkdtemp(join(addons, 'cuda-'))
  vi.stubEnv('LD_LIBRARY_PATH', folder)
  const before = missingCudaLibraries('linux')
  for (const name of before.slice(1)) await writeFile(join(folder, name), '')
  expect(missingCudaLibraries('linux')).toEqual(before.slice(0, 1))
  expect(missingCudaLibraries('win32')).toContain('cudart64_110.dll')
})

test('only a processor with AMX multiplies bfloat16', () => {
  expect(multipliesBfloat16('flags\t\t: fpu avx512f amx_bf16 amx_tile\n')).toBe(true)
  expect(multipliesBfloat16('flags\t\t: fpu avx512f avx512_bf16\n')).toBe(false)
  expect(multipliesBfloat16('')).toBe(false)
})

test('removed functions of util are put back, the others stay', () => {
  const own = () => true
  const util: Record<string, (x: unknown) => boolean> = { isArray: own }
  restoreUtil(util)
  expect(util.isArray).toBe(own)
  expect(util.isNullOrUndefined!(null)).toBe(true)
  expect(util.isNullOrUndefined!(undefined)).toBe(true)
  expect(util.isNullOrUndefined!(0)).toBe(false)
  expect(util.isString!('')).toBe(true)
})
