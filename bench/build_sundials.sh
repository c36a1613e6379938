#!/bin/bash
# Builds Debian's own version of SUNDIALS once more, with -O3: Debian's package is compiled without optimisation, and a
# user who needs speed would build it himself. For bench/compare.py --sundials FOLDER.
set -euo pipefail

if [[ $# -ne 1 || $1 == -* ]]; then
    echo "Usage: bench/build_sundials.sh FOLDER    (needs a network, apt-get, cmake, gcc; root is not needed)" >&2
    exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Sources are not listed on most systems; what the system has stays as it is.
mkdir -p parts lists/partial
cat > parts/source.sources << LIST
Types: deb-src
URIs: http://deb.debian.org/debian
Suites: $(sed -n s/^VERSION_CODENAME=//p /etc/os-release)
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
LIST
touch empty.list
apt=(apt-get -q -o "Dir::Etc::sourcelist=$work/empty.list" -o "Dir::Etc::sourceparts=$work/parts"
    -o "Dir::State::lists=$work/lists")
"${apt[@]}" update
"${apt[@]}" --download-only source sundials
tar xf sundials_*.orig.tar.*

off=()
for part in BUILD_STATIC_LIBS BUILD_ARKODE BUILD_CVODES BUILD_IDA BUILD_IDAS BUILD_KINSOL EXAMPLES_ENABLE_C \
    EXAMPLES_INSTALL; do
    off+=("-D$part=OFF")
done
cmake -S sundials-*/ -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="-O3 -DNDEBUG" \
    -DCMAKE_INSTALL_PREFIX="$folder" -DCMAKE_INSTALL_LIBDIR=lib "${off[@]}" -DENABLE_KLU=ON \
    -DKLU_INCLUDE_DIR=/usr/include/suitesparse -DKLU_LIBRARY_DIR="/usr/lib/$(gcc -print-multiarch)"
cmake --build build --parallel "$(nproc)"
cmake --install build
echo "SUNDIALS is in $folder"
