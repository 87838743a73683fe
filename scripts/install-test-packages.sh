#!/usr/bin/env bash
# Installs the Debian packages that the tests use as independent readers, as a PACS, as a database, as a browser and as a cluster.
# Does nothing where they are present, and says what is missing where it may not install.
set -euo pipefail
packages=(python3-numpy python3-scipy python3-nibabel python3-pydicom python3-onnx dicom3tools dcmtk orthanc orthanc-dicomweb postgresql curl chromium slurmctld slurmd slurm-client munge)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "The tests need these Debian packages; install them as root: ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# The tests start a database of their own; none shall run on this machine because of them.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
