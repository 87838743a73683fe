#!/usr/bin/python3
"""What a reader outside rhomap gets from a model file: Debian's onnx (protobuf, checker) and torch, no code of ours.

Reads small.onnx beside this file (written by `UPDATE_FIXTURES=1 npx vitest run test/model-file.test.ts`), runs its nodes in
float64, and writes small.json: the metadata, the image that went in, and the output.
"""
import json, os
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

here = os.path.dirname(os.path.abspath(__file__))
model = onnx.load(os.path.join(here, "small.onnx"))
onnx.checker.check_model(model, full_check=True)


def tensor(array):
    array = np.array(array)
    return torch.tensor(array.astype(np.float64) if array.dtype.kind == "f" else array)


def run(image):
    values = {t.name: tensor(numpy_helper.to_array(t)) for t in model.graph.initializer}
    values["image"] = image
    for node in model.graph.node:
        a = {x.name: helper.get_attribute_value(x) for x in node.attribute}
        x = [values[name] for name in node.input]
        if node.op_type == "Cast":
            y = x[0]
        elif node.op_type == "Conv":
            pads = a.get("pads", [0, 0, 0, 0])
            assert pads[0] == pads[2] and pads[1] == pads[3]
            y = F.conv2d(x[0], x[1], x[2] if len(x) > 2 else None, padding=(pads[0], pads[1]))
        elif node.op_type == "Relu":
            y = F.relu(x[0])
        elif node.op_type == "MaxPool":
            y = F.max_pool2d(x[0], tuple(a["kernel_shape"]), tuple(a["strides"]))
        elif node.op_type == "Transpose":
            y = x[0].permute(*a["perm"])
        elif node.op_type == "Reshape":
            y = x[0].reshape([int(n) for n in x[1]])
        elif node.op_type == "DepthToSpace":
            assert a["mode"] == b"CRD"
            y = F.pixel_shuffle(x[0], a["blocksize"])
        elif node.op_type == "Add":
            y = x[0] + x[1]
        elif node.op_type == "Concat":
            y = torch.cat(x, a["axis"])
        else:
            raise SystemExit(f"unknown operator {node.op_type}")
        values[node.output[0]] = y
    return values["output"]


rows, columns = 8, 12
image = torch.tensor([[((37 * i + 11) % 101) / 101 for i in range(rows * columns)]], dtype=torch.float64)
image = image.reshape(1, 1, rows, columns)
output = run(image)
result = {
    "origin": f"onnx {onnx.__version__}, torch {torch.__version__}",
    "metadata": {p.key: p.value for p in model.metadata_props},
    "dims": list(output.shape),
    "image": image.flatten().tolist(),
    "output": [round(v, 9) for v in output.flatten().tolist()],
}
with open(os.path.join(here, "small.json"), "w") as f:
    json.dump(result, f)
