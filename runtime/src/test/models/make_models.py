"""Writes the graphs of the test packages into ../resources/models (see README.md).

Graphs hold no weights: those are EXTERNAL initializers at the offsets of the package format, and the
tests fill them with seeded numbers. package.txt says what the tests must know of each model.
"""

import os
from onnx import TensorProto as T
from onnx import checker, helper as h

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources", "models")
SIZE = {T.FLOAT: 4, T.FLOAT16: 2, T.INT8: 1, T.INT64: 8}
NAME = {T.FLOAT: "FLOAT32", T.FLOAT16: "FLOAT16", T.INT8: "INT8", T.INT64: "INT64"}


class Model:
    """One model cut into segments; tensors are numbered in the order of their first use."""

    def __init__(self, name, inputs, outputs):
        self.name, self.inputs, self.outputs = name, inputs, outputs
        self.tensors, self.segments, self.types = {}, [], {i[0]: i[1] for i in inputs}

    def tensor(self, name, dims, kind=T.FLOAT, row=0, refinements=0, data=None, coding=None):
        count = 1
        for d in dims:
            count *= d
        if coding is None:
            coding = "PLANES" if row else "VECTOR" if kind == T.FLOAT and data is None else "RAW"
        self.tensors[name] = (kind, dims, coding, count, row, refinements, data)
        return name

    def segment(self, nodes, inputs, outputs):
        self.segments.append((nodes, inputs, outputs))

    def proto(self, name):
        kind, dims, _, count, _, _, _ = self.tensors[name]
        offset = 0
        for other in self.tensors:
            if other == name:
                break
            k, _, _, c, _, _, _ = self.tensors[other]
            offset = -(-(offset + c * SIZE[k]) // 4096) * 4096
        t = T()
        t.name, t.data_type, t.data_location = name, kind, T.EXTERNAL
        t.dims.extend(dims)
        for key, value in (("location", "weights.bin"), ("offset", offset), ("length", count * SIZE[kind])):
            entry = t.external_data.add()
            entry.key, entry.value = key, str(value)
        return t

    def graph(self, nodes, inputs, outputs, declared):
        used = {i for n in nodes for i in n.input}
        info = lambda v: h.make_tensor_value_info(v, declared.get(v, (T.FLOAT, None))[0], declared.get(v, (T.FLOAT, None))[1])
        g = h.make_graph(nodes, self.name, [info(i) for i in inputs], [info(o) for o in outputs],
                         [self.proto(t) for t in self.tensors if t in used])
        m = h.make_model(g, opset_imports=[h.make_opsetid("", 17)], ir_version=8, producer_name="insitu-tests")
        return m.SerializeToString()

    def write(self):
        folder = os.path.join(OUT, self.name)
        os.makedirs(folder, exist_ok=True)
        declared = {n: (k, d) for n, k, d in self.inputs + self.outputs}
        lines = []
        for kind, values in (("input", self.inputs), ("output", self.outputs)):
            for n, k, d in values:
                lines.append(f"{kind} {n} {k} {','.join(str(x) if isinstance(x, int) else '-1' for x in d)}")
        index = {t: i for i, t in enumerate(self.tensors)}
        for n, (k, d, coding, count, row, s, data) in self.tensors.items():
            length = count * SIZE[k] if coding == "RAW" else count
            extra = "" if data is None else " " + ",".join(map(str, data))
            lines.append(f"tensor {n} {NAME[k]} {coding} {length} {row} {s}{extra}")
        for i, (nodes, ins, outs) in enumerate(self.segments):
            with open(os.path.join(folder, f"segment-{i}.onnx"), "wb") as f:
                f.write(self.graph(nodes, ins, outs, declared))
            used = sorted({index[x] for n in nodes for x in n.input if x in index})
            lines.append(f"segment {','.join(ins)} {','.join(outs)} {','.join(map(str, used)) or '-'}")
        with open(os.path.join(folder, "whole.onnx"), "wb") as f:
            f.write(self.graph([n for s in self.segments for n in s[0]],
                               [i[0] for i in self.inputs], [o[0] for o in self.outputs], declared))
        with open(os.path.join(folder, "package.txt"), "w") as f:
            f.write("\n".join(lines) + "\n")


def skip():
    """A small CNN: batch norms, a value that skips over a segment, a weight used by two segments,
    an output made early, a Gather whose indices are a RAW tensor, a segment without weights. (Shapes
    cannot be EXTERNAL: ONNX Runtime infers shapes before it reads those.)"""
    m = Model("skip", [("image", T.FLOAT, ["n", 3, 16, 16])],
              [("logits", T.FLOAT, ["n", 10]), ("edges", T.FLOAT, ["n", 8, 16, 16])])
    for i, (o, c) in enumerate(((8, 3), (8, 8), (8, 8))):
        m.tensor(f"w{i}", [o, c, 3, 3], row=c * 9, refinements=6 - i)
        for n in ("scale", "shift", "mean"):
            m.tensor(f"{n}{i}", [o])
        m.tensor(f"variance{i}", [o], data=None)
    m.tensor("order", [512], T.INT64, data=[(7 * i) % 512 for i in range(512)])
    m.tensor("head", [512, 10], row=10, refinements=6)
    m.tensor("bias", [10])

    def block(i, x, y, w=None):
        return [h.make_node("Conv", [x, w or f"w{i}"], [f"c{y}"], pads=[1, 1, 1, 1]),
                h.make_node("BatchNormalization", [f"c{y}", f"scale{i}", f"shift{i}", f"mean{i}", f"variance{i}"], [f"b{y}"]),
                h.make_node("Relu", [f"b{y}"], [y])]

    m.segment(block(0, "image", "edges"), ["image"], ["edges"])
    m.segment(block(1, "edges", "a"), ["edges"], ["a"])
    m.segment(block(2, "a", "p") + block(1, "p", "q") + [h.make_node("Add", ["q", "edges"], ["sum"])], ["a", "edges"], ["sum"])
    m.segment([h.make_node("MaxPool", ["sum"], ["pooled"], kernel_shape=[2, 2], strides=[2, 2])], ["sum"], ["pooled"])
    m.segment([h.make_node("Flatten", ["pooled"], ["flat"]), h.make_node("Gather", ["flat", "order"], ["mixed"], axis=1),
               h.make_node("Gemm", ["mixed", "head", "bias"], ["logits"])], ["pooled"], ["logits"])
    m.write()


def wide():
    """An MLP whose matrices span several blocks: float32, float16 and int8, the last two by Cast and
    DequantizeLinear; two inputs, of which one is int64 and used late."""
    m = Model("wide", [("x", T.FLOAT, ["n", 640]), ("pick", T.INT64, ["k"])], [("y", T.FLOAT, ["k", 64])])
    m.tensor("a", [640, 512], row=512, refinements=8)
    m.tensor("ab", [512])
    m.tensor("b", [512, 520], T.FLOAT16, row=520, refinements=5)
    m.tensor("c", [520, 600], T.INT8, row=600, refinements=4)
    m.tensor("cs", [], data=None, coding="VECTOR")
    m.tensor("cz", [], T.INT8, data=[0])
    m.tensor("d", [600, 64], row=64, refinements=8)
    m.segment([h.make_node("MatMul", ["x", "a"], ["t0"]), h.make_node("Add", ["t0", "ab"], ["t1"]), h.make_node("Tanh", ["t1"], ["h0"])], ["x"], ["h0"])
    m.segment([h.make_node("Cast", ["b"], ["bf"], to=T.FLOAT), h.make_node("MatMul", ["h0", "bf"], ["t2"]), h.make_node("Tanh", ["t2"], ["h1"])], ["h0"], ["h1"])
    m.segment([h.make_node("DequantizeLinear", ["c", "cs", "cz"], ["cf"]), h.make_node("MatMul", ["h1", "cf"], ["t3"]), h.make_node("Tanh", ["t3"], ["t4"]),
               h.make_node("MatMul", ["t4", "d"], ["t5"]), h.make_node("Gather", ["t5", "pick"], ["y"])], ["h1", "pick"], ["y"])
    m.write()


def tiny():
    """Two matrices, two segments."""
    m = Model("tiny", [("x", T.FLOAT, ["n", 16])], [("y", T.FLOAT, ["n", 8])])
    m.tensor("a", [16, 16], row=16, refinements=3)
    m.tensor("b", [16, 8], row=8, refinements=3)
    m.segment([h.make_node("MatMul", ["x", "a"], ["s"]), h.make_node("Tanh", ["s"], ["t"])], ["x"], ["t"])
    m.segment([h.make_node("MatMul", ["t", "b"], ["y"])], ["t"], ["y"])
    m.write()


skip()
wide()
tiny()
