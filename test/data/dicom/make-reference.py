#!/usr/bin/python3
"""Pixel values of every file here by independent readers: pydicom, dcmtk (JPEG, JPEG-LS) and Pillow (JPEG 2000).

Writes reference.json: per file and frame the SHA-256 of the values as little-endian float32, row by row, after rescale or
real-world mapping; padding pixels are 0. Needs Debian's python3-pydicom, python3-pil and dcmtk.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pydicom

HERE = Path(__file__).parent
JPEG = {f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70)}
JPEG_LS = {f"1.2.840.10008.1.2.4.{n}" for n in (80, 81)}


def read(path):
    ds = pydicom.dcmread(path)
    syntax = ds.file_meta.TransferSyntaxUID
    tool = "dcmdjpeg" if syntax in JPEG else "dcmdjpls" if syntax in JPEG_LS else None
    if tool is None:
        return ds
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "plain.dcm"
        subprocess.run([tool, str(path), str(out)], check=True, capture_output=True)
        return pydicom.dcmread(out)


def stored_values(ds):
    """Integers of the stored bits, sign restored; [frame, row, column]."""
    array = ds.pixel_array.reshape(-1, ds.Rows, ds.Columns)
    if array.dtype.kind == "f":
        return array.astype("f8")
    right = ds.HighBit + 1 - ds.BitsStored
    value = (array.astype("i8") >> right) & (2**ds.BitsStored - 1)
    if ds.PixelRepresentation == 1:
        value = np.where(value >= 2 ** (ds.BitsStored - 1), value - 2**ds.BitsStored, value)
    return value


def linear(ds, frame):
    if "PerFrameFunctionalGroupsSequence" in ds:
        value = ds.PerFrameFunctionalGroupsSequence[frame].PixelValueTransformationSequence[0]
        return float(value.RescaleSlope), float(value.RescaleIntercept)
    if "RealWorldValueMappingSequence" in ds:
        value = ds.RealWorldValueMappingSequence[0]
        return float(value.RealWorldValueSlope), float(value.RealWorldValueIntercept)
    return float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))


def hashes(path):
    ds = read(path)
    out = []
    for k, stored in enumerate(stored_values(ds)):
        slope, intercept = linear(ds, k)
        values = stored * slope + intercept
        if "PixelPaddingValue" in ds:
            values[stored == ds.PixelPaddingValue] = 0
        out.append(hashlib.sha256(values.astype("<f4").tobytes()).hexdigest())
    return out


def main():
    result = {}
    for path in sorted(HERE.rglob("*")):
        name = str(path.relative_to(HERE))
        if not path.is_file() or name.startswith("derived/") or path.suffix in {".py", ".json", ".md"} or path.name == "LICENSE":
            continue
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        # One is cut off, one is a segmentation, one needs a decoder that rhomap does not have.
        if ds.Modality != "MR" or name in {"syntaxes/MR_truncated.dcm", "encodings/jpeg-extended-u12.dcm"}:
            continue
        result[name] = hashes(path)
    (HERE / "reference.json").write_text(json.dumps(result, indent=1) + "\n")
    print(len(result), "files")


main()
