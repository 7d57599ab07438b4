/** The engine's estimate in the parts that a stacked bar shows; they add up to its total. */
import type { EstimateView } from '../../contract/methods.ts'
import type { Estimated } from './figures.ts'

export function estimateView(
  estimate: Estimated,
  machine: EstimateView['machine'],
  labels: EstimateView['labels'],
): EstimateView {
  const { memory, trainableParameters, totalParameters, adapterBytes, totalBytes, processBytes } = estimate
  const { weights, trained, optimizer, gradients, otherStates, updates, constants, inputs, activations } =
    memory
  const rest =
    processBytes +
    weights +
    trained +
    optimizer +
    gradients +
    otherStates +
    updates +
    constants +
    inputs +
    activations
  const parts: EstimateView['parts'] = [
    {
      key: 'weights',
      label: 'Weights',
      help: 'The frozen weights, mapped from the model folder: several runs share them.',
      bytes: weights,
    },
    {
      key: 'copies',
      label: 'Arranged copies',
      help: 'Weights kept a second time, arranged for the matrix kernels; the low-memory profile has none.',
      bytes: totalBytes - rest,
    },
    {
      key: 'adapter',
      label: 'Trained',
      help: 'The trained parameters, and the sums of their gradients where batches are accumulated.',
      bytes: trained + gradients + otherStates,
    },
    {
      key: 'optimizer',
      label: 'Optimiser',
      help: "AdamW's two averages per trained parameter, and room for the new values of a step.",
      bytes: optimizer + updates,
    },
    {
      key: 'activations',
      label: 'Activations',
      help: 'Results of the forward pass that are alive at the same time, at most, with inputs and constants.',
      bytes: activations + inputs + constants,
    },
    {
      key: 'process',
      label: 'Process',
      help: 'The trainer process with its runtime before the first step.',
      bytes: processBytes,
    },
  ]
  return {
    trainableParameters,
    totalParameters,
    share: trainableParameters / totalParameters,
    adapterBytes,
    parts,
    totalBytes,
    machine,
    fits: totalBytes <= machine.bytes,
    labels,
    weightChoices: estimate.weightChoices.map((choice) => ({ ...choice })),
  }
}
