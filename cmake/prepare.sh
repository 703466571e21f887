# Shared by run-demo and run-tests: packages that are missing, configure, build. Sourced, not run.

step() { printf '\n== %s\n' "$*" >&2; }

LIAISON_PACKAGES="clang-19 libclang-rt-19-dev llvm-19 mold ccache ninja-build cmake pkg-config
  libboost1.81-dev libpugixml-dev libssl-dev openssl libsqlite3-dev libspdlog-dev libfmt-dev libgtest-dev libgmock-dev
  librapidcheck-dev libbenchmark-dev libgmime-3.0-dev libgumbo-dev libre2-dev libsystemd-dev libcli11-dev
  libhowardhinnant-date-dev libtomlplusplus-dev zlib1g-dev tzdata libxml2-utils zstd python3"

prepare_packages() {
  local missing="" p
  for p in $LIAISON_PACKAGES; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
  done
  [ -z "$missing" ] && return 0
  step "installing packages:$missing"
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get -o DPkg::Lock::Timeout=600 update -qq
  # the Boost 1.81 headers replace the 1.74 ones; both cannot be installed
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $sudo apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $missing >/dev/null
}

# build_preset PRESET DIRECTORY TARGET...
build_preset() {
  local preset=$1 directory=$2; shift 2
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
  step "configuring ($preset)"
  cmake --preset "$preset" "${launcher[@]}" > "$directory.configure.log" 2>&1 || { cat "$directory.configure.log" >&2; return 1; }
  rm -f "$directory.configure.log"
  step "building $*"
  cmake --build "$directory" --target "$@" >&2
}
