"""Prints what nibabel reads from the NIfTI files named: one JSON object a file. Used by nifti-nibabel.test.ts."""
import hashlib, json, sys
import nibabel as nib
import numpy as np

for name in sys.argv[1:]:
    image = nib.load(name)
    header = image.header
    values = image.get_fdata(dtype=np.float64).ravel(order='F').astype('<f4')
    values[np.isnan(values)] = np.float32(np.nan)
    qform, qcode = header.get_qform(coded=True)
    print(json.dumps({
        'shape': list(image.shape),
        'type': str(image.get_data_dtype()),
        'affine': image.affine.ravel().tolist(),
        'axes': ''.join(nib.aff2axcodes(image.affine)),
        'sformCode': int(header['sform_code']),
        'qformCode': int(qcode),
        'qform': None if qform is None else qform.ravel().tolist(),
        'units': list(header.get_xyzt_units()),
        'description': header['descrip'].item().decode('latin-1'),
        'sha256': hashlib.sha256(values.tobytes()).hexdigest(),
    }))
