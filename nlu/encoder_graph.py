"""MiniLM's computation as an ONNX graph, written from its published weights.

It is BERT (Devlin and others, 2019) in the operators that ONNX Runtime has for it: a sixth of the steps, and half the
time, of the graph that a converter makes of a framework's model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

HEADS = 12
LAYERS = 6
WIDTH = 384
_EPSILON = 1e-12
_OPSET, _IR_VERSION = 15, 8
# ONNX Runtime's own operators (its docs/ContribOperators.md).
_RUNTIME = "com.microsoft"

Weights = Mapping[str, NDArray[np.float32]]


def embedding_graph(weights: Weights) -> onnx.ModelProto:
    """The graph from `input_ids` and `attention_mask`, both (texts, tokens), to `embedding` (texts, 384) of unit length.

    `weights` are named as in all-MiniLM-L6-v2's `model.safetensors`.
    """
    graph = _Graph(weights)
    mask = graph.add("Cast", ["attention_mask"], to=TensorProto.INT32)
    hidden = graph.words("input_ids")
    for number in range(LAYERS):
        hidden = graph.layer(f"encoder.layer.{number}.", hidden, mask)
    # The mean over the tokens that are not padding; its length is made one, so that their number cancels out.
    counts = graph.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    counts = graph.add("Unsqueeze", [counts, graph.constant("last", np.array([2]))])
    total = graph.add(
        "ReduceSum",
        [graph.add("Mul", [hidden, counts]), graph.constant("tokens", np.array([1]))],
        keepdims=0,
    )
    graph.add("LpNormalization", [total], "embedding", axis=1, p=2)
    return graph.model(["input_ids", "attention_mask"], "embedding")


class _Graph:
    """Nodes and constants in the making. Each method that adds nodes returns the name of what comes out."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def add(
        self, operator: str, inputs: list[str], output: str = "", domain: str = "", **attributes: Any
    ) -> str:
        name = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def words(self, ids: str) -> str:
        """Each token's vector with its place's added, normalised. There is one kind of segment only."""
        ids = self.add("Cast", [ids], to=TensorProto.INT32)
        places = (
            self._weights["embeddings.position_embeddings.weight"]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        inputs = [
            ids,
            "",
            self.weight("embeddings.word_embeddings.weight"),
            self.constant("places", places),
            "",
            self.weight("embeddings.LayerNorm.weight"),
            self.weight("embeddings.LayerNorm.bias"),
        ]
        name = "words"
        self._nodes.append(
            helper.make_node(
                "EmbedLayerNormalization",
                inputs,
                [name, "words_mask"],
                name=name,
                domain=_RUNTIME,
                epsilon=_EPSILON,
            )
        )
        return name

    def layer(self, name: str, hidden: str, mask: str) -> str:
        """Attention over the tokens, then two layers of neurons for each; what came in is added to both."""
        own = name + "attention.self."
        parts = ("query", "key", "value")
        across = np.concatenate([self._weights[f"{own}{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{own}{part}.bias"] for part in parts])
        inputs = [hidden, self.constant(own + "weight", across), self.constant(own + "bias", bias), mask]
        attended = self.add("Attention", inputs, domain=_RUNTIME, num_heads=HEADS)
        attended = self.add("MatMul", [attended, self._turned(name + "attention.output.dense.weight")])
        middle = self._added(attended, hidden, name + "attention.output.")
        wide = self.add("MatMul", [middle, self._turned(name + "intermediate.dense.weight")])
        wide = self.add("BiasGelu", [wide, self.weight(name + "intermediate.dense.bias")], domain=_RUNTIME)
        narrow = self.add("MatMul", [wide, self._turned(name + "output.dense.weight")])
        return self._added(narrow, middle, name + "output.")

    def _turned(self, name: str) -> str:
        return self.constant(name, self._weights[name].T)

    def _added(self, new: str, before: str, name: str) -> str:
        learned = [self.weight(name + part) for part in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
        return self.add("SkipLayerNormalization", [new, before, *learned], domain=_RUNTIME, epsilon=_EPSILON)

    def model(self, inputs: list[str], output: str) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in inputs],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["texts", WIDTH])],
            list(self._constants.values()),
        )
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIME, 1)]
        return helper.make_model(
            graph, opset_imports=versions, ir_version=_IR_VERSION, producer_name="signpost"
        )
