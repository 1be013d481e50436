"""The blocks of one entry: resolve what they ask for, evaluate it, render it, record the evidence, fill."""
