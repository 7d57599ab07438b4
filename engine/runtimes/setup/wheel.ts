/** The Python wheel of TensorFlow for processors, which carries its C library and headers. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StudioError } from '../../errors.ts'
import { run } from './run.ts'

/** The version that the add-on was built and tested with. */
export const WHEEL = 'tensorflow-cpu==2.21.*'

/**
 * Has pip fetch the wheel; any Python's pip can, because nothing of the wheel depends on one.
 * @param folder    where it is put
 * @param indexUrl  of the package index; undefined = as pip is configured
 * @returns path of the wheel
 */
export async function downloadWheel(folder: string, indexUrl: string | undefined): Promise<string> {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const python = process.env.PYTHON ?? 'python3'
  const target = ['--python-version', '3.11', '--abi', 'cp311', '--platform', `manylinux_2_27_${machine}`]
  const index = indexUrl === undefined ? [] : ['--index-url', indexUrl]
  const what = ['--no-deps', '--only-binary=:all:', '--dest', folder, ...target, ...index, WHEEL]
  await run(python, ['-m', 'pip', 'download', '--disable-pip-version-check', '--no-input', ...what], {
    purpose: `fetch the Python package ${WHEEL} with pip`,
    hint: 'Install Python 3 with pip and check the network, or download the wheel yourself and give it: npm run setup:tensorflow -- --wheel FILE',
  })
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (wheel !== undefined) return join(folder, wheel)
  throw new StudioError(
    'not-found',
    'pip said that it fetched the wheel, but it is not there.',
    'Download it yourself and give it with --wheel FILE.',
  )
}
