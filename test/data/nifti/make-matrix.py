"""Writes matrix.json: NIfTI files of every real type x byte order x version x scaling, with affines of six kinds, and
what nibabel reads from them. Headers are written field by field and voxels byte by byte, so that nibabel's own writer
(which rescales) has no part in them.

    /usr/bin/python3 test/data/nifti/make-matrix.py        (nibabel 5.0.0, numpy 1.24.2)
"""
import base64, gzip, hashlib, io, itertools, json, pathlib
import nibabel as nib
import numpy as np

TYPES = 'uint8 int8 uint16 int16 uint32 int32 uint64 int64 float32 float64'.split()
SCALINGS = [(0.0, 7.0), (0.5, -3.0), (-0.0017, 1000.25)]  # slope 0: stored values as they are
SHAPES = [(3, 4, 2, 2), (5, 3), (4, 3, 2, 1, 3), (2, 2, 2)]


def rotation(x, y, z):
    (cx, sx), (cy, sy), (cz, sz) = ((np.cos(t), np.sin(t)) for t in (x, y, z))
    rx = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    ry = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    rz = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return rz @ ry @ rx


def affine(rot, zooms, origin):
    return nib.affines.from_matvec(rot @ np.diag(zooms), origin)


AFFINES = {
    'axial RAS': affine(np.eye(3), [1.5, 1.5, 7], [-90, -100, 20]),
    'axial LPS': affine(np.diag([-1, -1, 1]), [1.5, 1.5, 7], [90, 100, 20]),
    'left-handed': affine(np.diag([-1, 1, 1]), [1.5, 1.5, 7], [90, -100, 20]),
    'coronal': affine(np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]), [1.2, 1.2, 5], [-90, 10, 80]),
    'oblique': affine(rotation(0.3, -0.2, 0.1), [1.1, 1.3, 6], [-80, -95, 33]),
    'oblique left-handed': affine(rotation(2.9, 0.4, -1.2) @ np.diag([1, 1, -1]), [0.9, 1.7, 4], [12, -9, -33]),
}
FORMS = ['both', 'sform', 'qform', 'none']


def voxels(dtype, shape, rng):
    if dtype.kind == 'f':
        data = rng.normal(0, 1000, shape).astype(dtype)
        data.flat[0], data.flat[1] = np.nan, np.inf
        return data
    limits = np.iinfo(dtype)
    data = rng.integers(limits.min, limits.max, shape, dtype=dtype.newbyteorder('='), endpoint=True).astype(dtype)
    data.flat[0], data.flat[1] = limits.min, limits.max
    return data


def make(version, dtype, slope, inter, shape, form, matrix, rng):
    header = (nib.Nifti1Header if version == 1 else nib.Nifti2Header)(endianness=dtype.byteorder.replace('|', '<').replace('=', '<'))
    header.set_data_dtype(dtype)
    header.set_data_shape(shape)
    header.set_zooms(tuple(nib.affines.voxel_sizes(matrix)[: len(shape)]) + (1,) * max(0, len(shape) - 3))
    header['scl_slope'], header['scl_inter'] = slope, inter
    header['magic'] = header.single_magic
    header['vox_offset'] = (352 if version == 1 else 544) + 32
    header['descrip'] = 'matrix'
    if form in ('both', 'qform'):
        header.set_qform(matrix, 1)
    if form in ('both', 'sform'):
        header.set_sform(matrix, 1)
    extension = bytes([1, 0, 0, 0]) + np.array([32, 6], header.endianness + 'i4').tobytes() + b'a comment'.ljust(24, b'\0')
    return header.binaryblock + extension + voxels(dtype, shape, rng).tobytes(order='F')


def main():
    rng = np.random.default_rng(20261124)
    cases = []
    for version, order, name, (slope, inter) in itertools.product((1, 2), '<>', TYPES, SCALINGS):
        n = len(cases)
        shape, form = SHAPES[n % 4], FORMS[(n // 3) % 4]
        label, matrix = list(AFFINES.items())[n % 6]
        dtype = np.dtype(name).newbyteorder(order)
        raw = make(version, dtype, slope, inter, shape, form, matrix, rng)
        kind = nib.Nifti1Image if version == 1 else nib.Nifti2Image
        image = kind.from_bytes(raw)
        with np.errstate(over='ignore', invalid='ignore'):
            values = image.get_fdata(dtype=np.float64).ravel(order='F').astype('<f4')
        values[np.isnan(values)] = np.float32(np.nan)  # one bit pattern for all NaNs
        cases.append({
            'name': f'NIfTI-{version} {order} {name} slope {slope} shape {"x".join(map(str, shape))} {form} {label}',
            'file': base64.b64encode(gzip.compress(raw, mtime=0) if n % 2 else raw).decode(),
            'shape': list(shape),
            'affine': image.affine.ravel().tolist(),
            'sha256': hashlib.sha256(values.tobytes()).hexdigest(),
        })
    out = pathlib.Path(__file__).with_name('matrix.json')
    out.write_text(json.dumps({'nibabel': nib.__version__, 'cases': cases}, indent=0) + '\n')
    print(len(cases), 'cases,', out.stat().st_size, 'bytes')


main()
