#!/usr/bin/python3
"""Makes the DICOM files that the copied ones lack: encodings, a multi-frame object, and folders as scanners export them.

Needs Debian's python3-pydicom, python3-pil and dcmtk. Run in this folder: ./make-dicom.py && ./make-reference.py
All content is synthetic. UIDs are fixed, so a second run gives the same pixels (dcmtk stamps its own version and UIDs).
"""

import io
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000,
    JPEG2000Lossless,
    JPEGLSLossless,
    MRImageStorage,
    UID,
)

HERE = Path(__file__).parent
ROOT = "1.2.826.0.1.3680043.10.1445."
ROWS, COLUMNS = 12, 16


def uid(*parts):
    return UID(ROOT + ".".join(str(p) for p in parts))


def dataset(syntax, sop_class=MRImageStorage, instance="1", series="1"):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = uid(9, series, instance if instance.isdigit() else zlib.crc32(instance.encode()))
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = uid(0)
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.is_little_endian = syntax != ExplicitVRBigEndian
    ds.is_implicit_VR = syntax == ImplicitVRLittleEndian
    ds.SOPClassUID = sop_class
    ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID = uid(7)
    ds.SeriesInstanceUID = uid(8, series)
    ds.FrameOfReferenceUID = uid(6)
    ds.Modality = "MR"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M_FFE", "M", "FFE"]
    ds.SeriesNumber = int(str(series).split(".")[0])
    ds.InstanceNumber = 1
    return ds


def geometry(ds, position=(-40.0, -30.0, 14.0), orientation=(1, 0, 0, 0, 1, 0)):
    ds.ImagePositionPatient = [f"{v:g}" for v in position]
    ds.ImageOrientationPatient = [f"{v:.6g}" for v in orientation]
    ds.PixelSpacing = ["1.5", "1.25"]
    ds.SliceThickness = "7"


def pixels(ds, array, stored=None, high=None):
    """array: [frame,] row, column of an integer type."""
    bits = array.dtype.itemsize * 8
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows, ds.Columns = array.shape[-2:]
    if array.ndim == 3:
        ds.NumberOfFrames = array.shape[0]
    ds.BitsAllocated = bits
    ds.BitsStored = stored or bits
    ds.HighBit = high if high is not None else ds.BitsStored - 1
    ds.PixelRepresentation = 1 if array.dtype.kind == "i" else 0
    order = "<" if ds.is_little_endian else ">"
    data = array.astype(array.dtype.newbyteorder(order)).tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OW" if bits > 8 else "OB"


def scene(low, high, dtype, seed=1, shape=(ROWS, COLUMNS)):
    """A smooth scene with noise and both extremes, so that every bit is used."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: shape[0], : shape[1]]
    z = np.sin(x / 3.0) * np.cos(y / 4.0) + 0.1 * rng.standard_normal(shape)
    z = (z - z.min()) / (z.max() - z.min())
    return np.round(low + z * (high - low)).astype(dtype)


def save(ds, path):
    path = HERE / path
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path, write_like_original=False)
    return path


def tool(*command):
    subprocess.run([str(c) for c in command], check=True, capture_output=True)


# ---------------------------------------------------------------- encodings


def sample_formats():
    for name, dtype, low, high, stored in [
        ("u8", np.uint8, 0, 255, None),
        ("s8", np.int8, -128, 127, None),
        ("u12", np.uint16, 0, 4095, 12),
        ("u16", np.uint16, 0, 65535, None),
        ("s12", np.int16, -2048, 2047, 12),
        ("s16", np.int16, -32768, 32767, None),
        ("u32", np.uint32, 0, 2**32 - 1, None),
        ("s32", np.int32, -(2**31), 2**31 - 1, None),
    ]:
        for label, syntax in [("le", ExplicitVRLittleEndian), ("be", ExplicitVRBigEndian)]:
            ds = dataset(syntax, instance=name)
            geometry(ds)
            ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "0.5", "-3", "US"
            array = scene(low, high, dtype)
            # Negative values of 12 stored bits, with other bits above them, as an overlay would leave.
            if name == "s12":
                array = ((array & 0x0FFF) | 0x5000).astype(dtype)
            pixels(ds, array, stored)
            save(ds, f"encodings/{name}-{label}.dcm")
    for name, keyword, dtype in [("f32", "FloatPixelData", "f4"), ("f64", "DoubleFloatPixelData", "f8")]:
        ds = dataset(ExplicitVRLittleEndian, instance=name)
        geometry(ds)
        pixels(ds, scene(0, 255, np.uint8))
        del ds.PixelData
        ds.BitsAllocated = 32 if dtype == "f4" else 64
        del ds.BitsStored, ds.HighBit, ds.PixelRepresentation
        setattr(ds, keyword, (scene(0, 4000, "f8") / 7).astype("<" + dtype).tobytes())
        save(ds, f"encodings/{name}-le.dcm")


def special_pixels():
    ds = dataset(ImplicitVRLittleEndian, instance="mono1")
    geometry(ds)
    pixels(ds, scene(0, 4095, np.uint16), 12)
    ds.PhotometricInterpretation = "MONOCHROME1"
    save(ds, "encodings/monochrome1-implicit.dcm")

    ds = dataset(ExplicitVRLittleEndian, instance="highbit")
    geometry(ds)
    pixels(ds, (scene(0, 4095, np.uint16) << 4).astype(np.uint16), 12, 15)
    save(ds, "encodings/highbit15.dcm")

    ds = dataset(ExplicitVRLittleEndian, instance="padding")
    geometry(ds)
    array = scene(0, 2000, np.int16)
    array[:, :3] = -2000
    pixels(ds, array)
    ds.add_new(0x00280120, "SS", -2000)
    ds.RescaleSlope, ds.RescaleIntercept = "2", "10"
    save(ds, "encodings/pixel-padding.dcm")

    ds = dataset(ExplicitVRLittleEndian, instance="rwv")
    geometry(ds)
    pixels(ds, scene(0, 4095, np.uint16), 12)
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "2", "0", "US"
    unit = Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "1", "UCUM", "no units"
    mapping = Dataset()
    mapping.RealWorldValueIntercept, mapping.RealWorldValueSlope = 12.5, 0.25
    mapping.add_new(0x00409216, "US", 0)
    mapping.add_new(0x00409211, "US", 4095)
    mapping.MeasurementUnitsCodeSequence = Sequence([unit])
    ds.RealWorldValueMappingSequence = Sequence([mapping])
    save(ds, "encodings/real-world.dcm")


def deflated():
    ds = dataset(DeflatedExplicitVRLittleEndian, instance="deflated")
    geometry(ds)
    pixels(ds, scene(0, 65535, np.uint16))
    save(ds, "encodings/deflated.dcm")


def compressed():
    plain = {}
    for name, dtype, high, stored in [("u8", np.uint8, 255, 8), ("u12", np.uint16, 4095, 12), ("u16", np.uint16, 65535, 16)]:
        ds = dataset(ExplicitVRLittleEndian, instance="plain" + name)
        geometry(ds)
        ds.RescaleSlope, ds.RescaleIntercept = "1.5", "-7"
        pixels(ds, scene(0, high, dtype, shape=(24, 20)), stored)
        plain[name] = save(ds, f"plain-{name}.dcm")
    ds = dataset(ExplicitVRLittleEndian, instance="plains16")
    geometry(ds)
    pixels(ds, scene(-2000, 2000, np.int16, shape=(24, 20)))
    plain["s16"] = save(ds, "plain-s16.dcm")
    out = HERE / "encodings"
    tool("dcmcjpeg", "+eb", "+q", 90, plain["u8"], out / "jpeg-baseline-u8.dcm")
    tool("dcmcjpeg", "+ee", "+q", 90, plain["u8"], out / "jpeg-extended-u8.dcm")
    tool("dcmcjpeg", "+ee", "+q", 90, plain["u12"], out / "jpeg-extended-u12.dcm")
    for predictor in range(1, 8):
        tool("dcmcjpeg", "+el", "+sv", predictor, plain["u16"], out / f"jpeg-lossless57-p{predictor}-u16.dcm")
    tool("dcmcjpeg", "+el", "+sv", 6, plain["u8"], out / "jpeg-lossless57-u8.dcm")
    tool("dcmcjpeg", "+e1", plain["s16"], out / "jpeg-lossless70-s16.dcm")
    tool("dcmcjpeg", "+e1", plain["u12"], out / "jpeg-lossless70-u12.dcm")
    tool("dcmcjpls", "+el", plain["u8"], out / "jpeg-ls-u8.dcm")
    tool("dcmcjpls", "+el", plain["s16"], out / "jpeg-ls-s16.dcm")
    tool("dcmcjpls", "+en", "+md", 3, plain["u12"], out / "jpeg-ls-near-u12.dcm")
    tool("dcmcrle", plain["u8"], out / "rle-u8.dcm")
    tool("dcmcrle", plain["u16"], out / "rle-u16.dcm")
    tool("dcmcrle", plain["s16"], out / "rle-s16.dcm")
    for path in plain.values():
        path.unlink()


def jpeg2000(name, array, stored, syntax, **options):
    ds = dataset(syntax, instance=name)
    geometry(ds)
    ds.RescaleSlope, ds.RescaleIntercept = "1.5", "-7"
    pixels(ds, array, stored)
    buffer = io.BytesIO()
    image = Image.fromarray(array)
    image.save(buffer, "JPEG2000", no_jp2=True, **options)
    stream = buffer.getvalue()
    # Pillow of this version writes a JP2 box around it: DICOM wants the bare codestream.
    stream = stream[stream.index(b"\xff\x4f\xff\x51") :]
    ds.PixelData = encapsulate([stream])
    ds["PixelData"].is_undefined_length = True
    ds["PixelData"].VR = "OB"
    save(ds, f"encodings/{name}.dcm")


def multiframe():
    """Enhanced MR: 2 slices × 2 times, oblique, per-frame position and rescale; once plain, once in fragments."""
    frames = np.stack([scene(0, 4095, np.uint16, seed) for seed in range(4)])
    row, column = np.array([1, 0, 0]), np.array([0, np.cos(0.3), np.sin(0.3)])
    normal = np.cross(row, column)

    def build(syntax):
        ds = dataset(syntax, EnhancedMRImageStorage, instance="enhanced", series="40")
        ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "NONE"]
        ds.SeriesDescription = "T1rho enhanced"
        pixels(ds, frames, 12)
        shared, per_frame = Dataset(), []
        measures = Dataset()
        measures.PixelSpacing, measures.SliceThickness, measures.SpacingBetweenSlices = ["1.5", "1.25"], "7", "9"
        shared.PixelMeasuresSequence = Sequence([measures])
        plane = Dataset()
        plane.ImageOrientationPatient = [f"{v:.10g}" for v in (*row, *column)]
        shared.PlaneOrientationSequence = Sequence([plane])
        for k, (time, place) in enumerate([(2, 1), (1, 1), (2, 0), (1, 0)]):
            groups = Dataset()
            content = Dataset()
            content.TemporalPositionIndex = time
            content.InStackPositionNumber = place + 1
            content.StackID = "1"
            groups.FrameContentSequence = Sequence([content])
            position = Dataset()
            position.ImagePositionPatient = [f"{v:.10g}" for v in np.array([-40.0, -30.0, 14.0]) + 9.0 * place * normal]
            groups.PlanePositionSequence = Sequence([position])
            value = Dataset()
            value.RescaleSlope, value.RescaleIntercept, value.RescaleType = f"{1 + 0.5 * k:g}", f"{k}", "US"
            groups.PixelValueTransformationSequence = Sequence([value])
            kind = Dataset()
            kind.FrameType, kind.ComplexImageComponent = ["ORIGINAL", "PRIMARY", "M", "NONE"], "MAGNITUDE"
            groups.MRImageFrameTypeSequence = Sequence([kind])
            echo = Dataset()
            echo.EffectiveEchoTime = 1.5
            groups.MREchoSequence = Sequence([echo])
            per_frame.append(groups)
        ds.SharedFunctionalGroupsSequence = Sequence([shared])
        ds.PerFrameFunctionalGroupsSequence = Sequence(per_frame)
        return ds

    plain = save(build(ExplicitVRLittleEndian), "encodings/enhanced.dcm")
    tool("dcmcrle", plain, HERE / "encodings/enhanced-rle.dcm")
    tool("dcmcjpls", "+fs", 1, plain, HERE / "encodings/enhanced-jpeg-ls-fragments.dcm")
    # Undefined-length sequences, as many scanners write them.
    tool("dcmconv", "-e", plain, HERE / "encodings/enhanced-undefined-length.dcm")
    # The extended offset table has the VR OV, with eight-byte numbers.
    ds = build(JPEGLSLossless)
    from pydicom import dcmread
    from pydicom.encaps import generate_pixel_data_frame

    fragments = dcmread(HERE / "encodings/enhanced-jpeg-ls-fragments.dcm")
    streams = list(generate_pixel_data_frame(fragments.PixelData, 4))
    streams = [s + b"\0" * (len(s) % 2) for s in streams]
    body, offsets, at = b"", [], 0
    for s in streams:
        offsets.append(at)
        half = len(s) // 4 * 2
        for part in (s[:half], s[half:]):
            body += b"\xfe\xff\x00\xe0" + struct.pack("<I", len(part)) + part
            at += 8 + len(part)
    ds.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0" + body
    ds["PixelData"].is_undefined_length = True
    ds["PixelData"].VR = "OB"
    ds.add_new(0x7FE00001, "OV", struct.pack("<4Q", *offsets))
    save(ds, "encodings/enhanced-extended-offsets.dcm")


# ---------------------------------------------------------------- folders

TSL = [0, 10, 30, 50]


def decay(slice_index, tsl, seed):
    """Two tissues of known T1rho (40 and 50 ms) in air that is exactly 0, as Philips masks it."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    t1rho = np.where(x < COLUMNS // 2, 40.0, 50.0)
    signal = (1000 + 100 * slice_index) * np.exp(-tsl / t1rho)
    inside = (abs(x - 7.5) < 7) & (abs(y - 5.5) < 5)
    return np.where(inside, signal, 0)


def violations(ds, time):
    """What real Philips files have against the standard."""
    ds.add_new(0x00189090, "FD", [0.0, 0.0, 0.0])  # VelocityEncodingDirection
    ds.add_new(0x00200060, "CS", "")  # Laterality
    ds.TriggerTime = str([0, 1980, 3980, 6000][time])


def philips():
    """One series per slice, four temporal positions, no TSL; magnitude, real, imaginary in it; B1 in a series of its own."""
    slope, scale_slope = 1.72747252747252, 0.0123
    for place in range(3):
        number = 0
        series = f"{501 + 100 * place}"
        for component, tag in [("M", "M_FFE"), ("R", "R_FFE"), ("I", "I_FFE")]:
            for time, tsl in enumerate(TSL):
                number += 1
                ds = dataset(ExplicitVRLittleEndian, instance=str(number), series=series)
                ds.Manufacturer = "Philips Medical Systems"
                ds.SeriesDescription = f"T1rho_BB {place + 1}"
                ds.ProtocolName = "WIP T1rho_BB"
                ds.ImageType = ["ORIGINAL", "PRIMARY", tag, component, "FFE"]
                ds.ScanningSequence = "GR"
                ds.EchoTime, ds.RepetitionTime, ds.MagneticFieldStrength = "1.16", "2000", "3"
                ds.InstanceNumber = number
                ds.TemporalPositionIdentifier = str(time + 1)
                ds.NumberOfTemporalPositions = str(len(TSL))
                geometry(ds, (-40.0, -30.0, 14.0 + 7 * place))
                violations(ds, time)
                ds.RescaleSlope, ds.RescaleType = f"{slope:.14g}", "normalized"
                ds.RescaleIntercept = "0"
                values = decay(place, tsl, number)
                stored = np.round(values / slope)
                if component != "M":
                    ds.RescaleIntercept = "-3537"
                    stored = np.round((values * (0.8 if component == "R" else 0.6) + 3537) / slope)
                pixels(ds, stored.astype(np.uint16), 12)
                private = ds.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
                private.add_new(0x0E, "FL", scale_slope)
                save(ds, f"philips/{series}/IM_{number:04d}")
    for place in range(3):
        ds = dataset(ExplicitVRLittleEndian, instance=str(place + 1), series="401")
        ds.Manufacturer = "Philips Medical Systems"
        ds.SeriesDescription = "B1 map"
        ds.ImageType = ["ORIGINAL", "PRIMARY", "M_B1", "M", "B1"]
        ds.InstanceNumber = place + 1
        geometry(ds, (-40.0, -30.0, 14.0 + 7 * place))
        ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "0.05", "0", "%"
        pixels(ds, scene(1600, 2400, np.uint16, place), 12)
        save(ds, f"philips/401/IM_{place + 1:04d}")


def ge():
    """One series, TSL in EchoTime, image type OTHER, two slices, instances run over slices first."""
    number = 0
    for tsl in TSL:
        for place in range(2):
            number += 1
            ds = dataset(ImplicitVRLittleEndian, instance=str(number), series="7")
            ds.Manufacturer = "GE MEDICAL SYSTEMS"
            ds.SeriesDescription = "CubeQuant T1rho"
            ds.ImageType = ["ORIGINAL", "PRIMARY", "OTHER"]
            ds.EchoTime = f"{tsl:g}"
            ds.InstanceNumber = number
            geometry(ds, (-40.0, -30.0, 14.0 + 4 * place))
            ds.SpacingBetweenSlices = "4"
            pixels(ds, np.round(decay(place, tsl, number)).astype(np.int16))
            save(ds, f"ge/Z{number:02d}.MRDC.{number}")


def tsl_series():
    """One series per spin-lock time, named in its description; acquired out of order."""
    for series, tsl in [(3, 50), (4, 0), (5, 30), (6, 10)]:
        for place in range(2):
            ds = dataset(ExplicitVRLittleEndian, instance=str(place + 1), series=str(series))
            ds.Manufacturer = "SIEMENS"
            ds.SeriesDescription = f"t1rho_tfl SL {tsl}ms"
            ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
            ds.ScanningSequence, ds.FlipAngle = "GR", "10"
            ds.InstanceNumber = place + 1
            geometry(ds, (-40.0, -30.0, 14.0 - 5 * place))
            pixels(ds, np.round(decay(place, tsl, series)).astype(np.uint16), 12)
            save(ds, f"tsl-series/{series}/{place + 1}.dcm")


if __name__ == "__main__":
    for folder in ["encodings", "philips", "ge", "tsl-series"]:
        shutil.rmtree(HERE / folder, ignore_errors=True)
    (HERE / "encodings").mkdir()
    sample_formats()
    special_pixels()
    deflated()
    compressed()
    jpeg2000("jpeg2000-u8", scene(0, 255, np.uint8, shape=(24, 20)), 8, JPEG2000Lossless)
    jpeg2000("jpeg2000-u16", scene(0, 65535, np.uint16, shape=(24, 20)), 16, JPEG2000Lossless)
    jpeg2000("jpeg2000-lossy-u8", scene(0, 255, np.uint8, shape=(24, 20)), 8, JPEG2000, irreversible=True, quality_mode="rates", quality_layers=[4])
    multiframe()
    philips()
    ge()
    tsl_series()
