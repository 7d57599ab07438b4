/** Graphics cards as each system tells them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { linuxCards } from './linux-cards.ts'
import { parseNvidia } from './nvidia-cards.ts'
import { parseRegistry } from './windows-cards.ts'

test('nvidia-smi', () => {
  expect(parseNvidia('NVIDIA GeForce RTX 4090, 24564, 550.54.14\nGB10, [N/A], 580.95\n')).toEqual([
    {
      vendor: 'NVIDIA',
      name: 'NVIDIA GeForce RTX 4090',
      memoryBytes: 24564 * 2 ** 20,
      driver: '550.54.14',
    },
    { vendor: 'NVIDIA', name: 'NVIDIA GB10', driver: '580.95' },
  ])
  expect(parseNvidia('')).toEqual([])
  expect(parseNvidia('No devices were found\n')).toEqual([])
})

test('Linux: render nodes, named by the list of PCI devices', async () => {
  const root = await mkdtemp(join(tmpdir(), 'cards-'))
  const device = async (name: string, files: Record<string, string>) => {
    const dir = join(root, 'sys/class/drm', name, 'device')
    await mkdir(dir, { recursive: true })
    for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), `${text}\n`)
  }
  expect(await linuxCards(root)).toEqual([])
  await device('renderD128', { vendor: '0x1002', device: '0x744c', mem_info_vram_total: '25753026560' })
  await device('renderD129', { vendor: '0x8086', device: '0x4680' })
  await device('renderD130', { vendor: '0x1af4', device: '0x1050' })
  await device('card0', { vendor: '0x1a03', device: '0x2000' })
  await mkdir(join(root, 'usr/share/misc'), { recursive: true })
  const list = [
    '# a comment',
    '1002  Advanced Micro Devices, Inc. [AMD/ATI]',
    '\t744c  Navi 31 [Radeon RX 7900 XT/7900 XTX/7900M]',
    '\t\t1002 0e3b  RX 7900 GRE',
    '8086  Intel Corporation',
    '\t4680  AlderLake-S GT1',
    '',
  ]
  await writeFile(join(root, 'usr/share/misc/pci.ids'), list.join('\n'))
  expect(await linuxCards(root)).toEqual([
    {
      vendor: 'AMD',
      name: 'Navi 31 [Radeon RX 7900 XT/7900 XTX/7900M]',
      memoryBytes: 25753026560,
    },
    { vendor: 'Intel', name: 'Intel AlderLake-S GT1' },
    { vendor: 'other', name: 'graphics card of vendor 0x1af4 0x1050' },
  ])
  await rm(root, { recursive: true })
})

test('Windows: the registry entries of display drivers', () => {
  const key =
    'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}'
  const text = [
    '',
    key,
    '    Class    REG_SZ    Display',
    '',
    `${key}\\0000`,
    '    DriverDesc    REG_SZ    Intel(R) Arc(TM) A770 Graphics',
    '    DriverVersion    REG_SZ    31.0.101.5333',
    '    HardwareInformation.qwMemorySize    REG_QWORD    0x3fa000000',
    '',
    `${key}\\0000\\UMD`,
    '    DriverDesc    REG_SZ    not a card',
    '',
    `${key}\\0001`,
    '    DriverDesc    REG_SZ    Microsoft Basic Display Adapter',
    '',
  ].join('\r\n')
  expect(parseRegistry(text)).toEqual([
    {
      vendor: 'Intel',
      name: 'Intel(R) Arc(TM) A770 Graphics',
      memoryBytes: 0x3fa000000,
      driver: '31.0.101.5333',
    },
  ])
  expect(parseRegistry('')).toEqual([])
})
