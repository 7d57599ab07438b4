"""Worker of the benchmark: trains with Hugging Face PEFT; speaks the lines of job.ts on standard input and output."""
import contextlib
import json
import math
import sys
import time

import torch
from peft import IA3Config, LoraConfig, PromptTuningConfig, get_peft_model
from transformers import AutoModelForCausalLM

METHODS = {
    "lora": lambda given: LoraConfig(task_type="CAUSAL_LM", **{"r": 8, "lora_alpha": 16, "lora_dropout": 0.0, **given}),
    "ia3": lambda given: IA3Config(task_type="CAUSAL_LM", **given),
    "prompt-tuning": lambda given: PromptTuningConfig(task_type="CAUSAL_LM", **{"num_virtual_tokens": 20, **given}),
}


def answer(message):
    print(json.dumps(message), flush=True)


def find_device(hardware):
    """Of the same kind as ours: the graphics card beside an accelerator, where there is one."""
    if hardware == "processor":
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def collate(examples, device):
    """Right-padded to the longest, as Hugging Face's collators do it."""
    longest = max(len(e["ids"]) for e in examples)
    pad = lambda row, value: row + [value] * (longest - len(row))
    return {
        "input_ids": torch.tensor([pad(e["ids"], 0) for e in examples], device=device),
        "attention_mask": torch.tensor([pad([1] * len(e["ids"]), 0) for e in examples], device=device),
        "labels": torch.tensor([pad(e["labels"], -100) for e in examples], device=device),
    }


def open_model(job, device):
    dtype = torch.bfloat16 if job["setting"] == "bfloat16-weights" else torch.float32
    base = AutoModelForCausalLM.from_pretrained(job["model"], dtype=dtype)
    # As transformers' Trainer does: training has no use for a key-value cache.
    base.config.use_cache = False
    model = get_peft_model(base, METHODS[job["method"]](job["config"]))
    for name, parameter in model.named_parameters():
        if "prompt_encoder" in name:  # a soft prompt starts at random: this is the formula of open-job.ts
            values = [0.02 * math.sin(i) for i in range(parameter.numel())]
            parameter.data.copy_(torch.tensor(values).view(parameter.shape))
    return model.to(device).train()


def main():
    job = json.loads(sys.stdin.readline())
    torch.set_num_threads(job["threads"])
    torch.manual_seed(1)
    device = find_device(job["hardware"])
    model = open_model(job, device)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=job["learningRate"], weight_decay=0.0)
    size = job["batchSize"]
    batches = [collate(job["examples"][i : i + size], device) for i in range(0, len(job["examples"]), size)]
    virtual = 20 if job["method"] == "prompt-tuning" else 0
    # The first token of a row has no predecessor, except behind a soft prompt.
    counts = [int((b["labels"][:, 0 if virtual else 1 :] != -100).sum()) for b in batches]

    def autocast():
        if job["setting"] == "bfloat16-autocast":
            return torch.autocast(device, dtype=torch.bfloat16)
        return contextlib.nullcontext()

    def step(index):
        with autocast():
            loss = model(**batches[index % len(batches)]).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    first = step(0)
    step(1)
    computed = sum(b["input_ids"].shape[0] * (b["input_ids"].shape[1] + virtual) for b in batches)
    name = torch.cuda.get_device_name() if device == "cuda" else device
    answer(
        {
            "computesOn": name,
            "stepsPerPass": len(batches),
            "usefulTokens": sum(counts),
            "computedTokens": computed,
            "firstLoss": first,
        }
    )

    for line in iter(sys.stdin.readline, ""):
        milliseconds, loss = [], 0.0
        for number in range(json.loads(line)["passes"]):
            start = time.perf_counter()
            losses = [step(i) for i in range(len(batches))]
            milliseconds.append((time.perf_counter() - start) * 1000)
            if number == 0:
                loss = sum(l * c for l, c in zip(losses, counts)) / sum(counts)
        highest = torch.cuda.max_memory_allocated() if device == "cuda" else None
        answer({"milliseconds": milliseconds, "loss": loss, "deviceMemory": highest})


main()
