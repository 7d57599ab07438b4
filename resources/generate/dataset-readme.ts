/** The README.md that accompanies a generated dataset. */
import type { Dataset, Splits } from './datasets/dataset.ts'

/** A short page: what the dataset asks for, how large it is, how it was made, and three of its rows. */
export function readme(dataset: Dataset, splits: Splits): string {
  const examples = splits.train.slice(0, 3).map((row) => JSON.stringify(row))
  return `# ${dataset.title}

${dataset.description}

- Task: ${dataset.task}
- Rows: ${splits.train.length} in \`train.jsonl\`, ${splits.validation.length} in \`validation.jsonl\`; no prompt is in both.
- Format: one JSON object per line with \`prompt\` and \`completion\`.
- Made by \`resources/generate/datasets/${dataset.name}.ts\` (seed ${dataset.seed}); \`node resources/generate/all.ts\` writes it again, byte for byte. No text was copied from anywhere.

\`\`\`jsonl
${examples.join('\n')}
\`\`\`
`
}
